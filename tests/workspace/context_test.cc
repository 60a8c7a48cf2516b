// What is chosen to stand beside a region, and in which order.
#include "workspace/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cromwell::workspace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kMain =
    "import util\n"
    "from shop import Cart\n"
    "\n"
    "def first(a):\n"
    "    return a\n"
    "\n"
    "def second(line):\n"
    "    cart = Cart()\n"
    "    return parse_line(line) + parse_line(line)\n";

class ContextTest : public testing::Test {
 protected:
  void file(const std::string& name, const std::string& text, std::int64_t modified_ns = 0) {
    files_[name] = text;
    const auto tree = SyntaxTree::parse(text, language_of(name).grammar);
    std::vector<IndexedSymbol> symbols;
    if (tree) {
      for (const Symbol& symbol : outline_of(*tree, text)) {
        symbols.push_back({symbol.kind, symbol.name, symbol.lines});
      }
    }
    table_.put(name, {.modified_ns = modified_ns}, symbols);
  }

  std::vector<ContextPiece> select(const std::string& instruction, int budget = 10'000,
                                   ContextWishes wishes = {}) {
    const auto text = TextFile::parse(kMain);
    const ContextSources sources{
        .definitions = [this](std::string_view name) { return table_.definitions(name, 100); },
        .read = [this](const std::string& name) -> std::optional<TextFile> {
          if (!files_.contains(name)) return std::nullopt;
          return *TextFile::parse(files_[name]);
        },
        .expect = [this](const auto& names) { expected_.assign(names.begin(), names.end()); }};
    return select_context(
        {.file = "src/main.py",
         .text = *text,
         .region = {7, 9},
         .instruction = instruction,
         .wishes = std::move(wishes),
         .recent_since_ns = kRecentSince,
         .budget_tokens = budget,
         .token_cost = [](std::string_view shown) { return static_cast<int>(shown.size()); }},
        sources);
  }
  // "file why", of those that are used.
  static std::vector<std::string> used(const std::vector<ContextPiece>& pieces) {
    std::vector<std::string> names;
    for (const ContextPiece& piece : pieces) {
      if (piece.used) names.push_back(piece.file + " " + piece.why);
    }
    return names;
  }

  static constexpr std::int64_t kRecentSince = 1'000;

  std::map<std::string, std::string> files_;
  SymbolTable table_;
  std::vector<std::string> expected_;  // names that will be asked for
};

TEST_F(ContextTest, FoldsTheRestOfTheFileToImportsAndSignatures) {
  const auto pieces = select("Tidy up");
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].text, "import util\nfrom shop import Cart\ndef first(a)\n");
  EXPECT_FALSE(pieces[0].by_instruction);
}

TEST_F(ContextTest, ShowsDefinitionsOfWhatTheRegionNames) {
  file("src/util.py", "def parse_line(text):\n    return text.split()\n");
  file("src/shop.py", "class Cart:\n    def total(self):\n        return 0\n");
  file("src/other.py", "def unrelated():\n    pass\n");
  const auto pieces = select("Tidy up");
  EXPECT_THAT(used(pieces), ElementsAre("src/main.py outline", "src/util.py defines parse_line",
                                        "src/shop.py defines Cart"));
  EXPECT_EQ(pieces[1].text, "def parse_line(text):\n    return text.split()\n");
}

TEST_F(ContextTest, SaysBeforehandWhatItWillAskForTheInstructionsNamesFirst) {
  select("Call log_error");
  EXPECT_THAT(expected_, ElementsAre("Call", "log_error", "Cart", "cart", "def", "line",
                                     "parse_line", "return"));
}

TEST_F(ContextTest, WhatTheInstructionNamesComesBeforeWhatTheRegionNames) {
  file("src/util.py", "def parse_line(text):\n    return text.split()\n");
  file("lib/log.py", "def log_error(e):\n    pass\n");
  const auto pieces = select("Call log_error where it fails");
  EXPECT_THAT(used(pieces), ElementsAre("src/main.py outline", "lib/log.py defines log_error",
                                        "src/util.py defines parse_line"));
  EXPECT_TRUE(pieces[1].by_instruction);
  EXPECT_FALSE(pieces[2].by_instruction);
}

TEST_F(ContextTest, PrefersImportedOpenAndNearFilesAmongSeveralDefinitions) {
  file("lib/a.py", "def parse_line(a): pass\n");
  file("src/near.py", "def parse_line(b): pass\n");
  file("lib/open.py", "def parse_line(c): pass\n");
  file("lib/util.py", "def parse_line(d): pass\n");
  const auto pieces = select("Tidy up", 10'000, {.open = {"lib/open.py"}});
  std::vector<std::string> files;
  for (const ContextPiece& piece : pieces) files.push_back(piece.file);
  EXPECT_THAT(files,
              ElementsAre("src/main.py", "lib/util.py", "lib/open.py", "src/near.py", "lib/a.py"));
}

TEST_F(ContextTest, PrefersWhatWasChangedLately) {
  file("lib/a.py", "def parse_line(a): pass\n", kRecentSince - 1);
  file("lib/b.py", "def parse_line(b): pass\n", kRecentSince);
  const auto pieces = select("Tidy up");
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[1].file, "lib/b.py");
}

// Else the text before the region, which is in the cache, would be another for each instruction.
TEST_F(ContextTest, WhatStandsBeforeTheRegionIsTheSameWhateverTheInstructionNames) {
  file("src/util.py", "def parse_line(text):\n    return text.split()\n");
  file("src/shop.py", "class Cart:\n    pass\n");
  file("lib/log.py", "def log_error(e):\n    print(e, file=stderr)\n");
  const auto before_region = [&](const std::string& instruction, int budget) {
    std::vector<std::string> shown;
    for (const ContextPiece& piece : select(instruction, budget)) {
      if (piece.used && !piece.by_instruction) shown.push_back(piece.text);
    }
    return shown;
  };
  for (int budget = 0; budget < 400; budget += 7) {
    const auto plain = before_region("Tidy up", budget);
    EXPECT_EQ(before_region("Call log_error where it fails", budget), plain) << budget;
    EXPECT_EQ(before_region("Use Cart in parse_line", budget), plain) << budget;
  }
}

TEST_F(ContextTest, WhatTheInstructionNamesMayHaveRoomWhereTheRegionsHadNone) {
  file("src/util.py", "def parse_line(text):\n    return text.split()\n");
  const auto tight = select("Make parse_line faster", 130);  // 97 of it for the region's
  ASSERT_EQ(tight.size(), 2U);
  EXPECT_TRUE(tight[1].used && tight[1].by_instruction);
  const auto plenty = select("Make parse_line faster", 400);
  ASSERT_EQ(plenty.size(), 2U);
  EXPECT_TRUE(plenty[1].used && !plenty[1].by_instruction);
}

TEST_F(ContextTest, KeepsToTheBudgetAndTakesWhatStillFits) {
  file("src/util.py",
       "def parse_line(text):\n    return text.split(\"" + std::string(300, 'x') + "\")\n");
  file("src/shop.py", "class Cart: pass\n");
  const auto pieces = select("Tidy up", 120);
  EXPECT_THAT(used(pieces), ElementsAre("src/main.py outline", "src/shop.py defines Cart"));
  EXPECT_EQ(pieces.size(), 3U);
  EXPECT_GT(pieces[1].tokens, 300);
}

TEST_F(ContextTest, UsesNothingWithoutABudget) {
  file("src/shop.py", "class Cart: pass\n");
  const auto pieces = select("Tidy up", 0);
  EXPECT_THAT(used(pieces), IsEmpty());
  EXPECT_EQ(pieces.size(), 2U);
}

TEST_F(ContextTest, AddsAndForbidsWhatTheRequestSays) {
  file("src/shop.py", "class Cart: pass\n");
  file("notes/rules.txt", "No globals.\n");
  const auto pieces = select("Tidy up", 10'000,
                             {.add = {"notes/rules.txt", "missing.py"}, .forbid = {"src/shop.py"}});
  EXPECT_THAT(used(pieces), ElementsAre("notes/rules.txt added", "src/main.py outline"));
  EXPECT_EQ(pieces[0].text, "No globals.\n");
}

TEST_F(ContextTest, FoldsALongDefinition) {
  std::string body = "def parse_line(text):\n";
  for (int i = 0; i < 30; ++i) body += "    a = 1\n";
  file("src/util.py", body);
  const auto pieces = select("Tidy up");
  EXPECT_THAT(pieces[1].text, testing::EndsWith("...\n"));
  EXPECT_LT(pieces[1].text.size(), 100U);
}

TEST_F(ContextTest, ANameThatIsDefinedEverywhereSaysNothing) {
  for (char c = 'a'; c < 'a' + 9; ++c) {
    file(std::string("src/") + c + ".py", "def parse_line(text): pass\n");
  }
  EXPECT_THAT(used(select("Tidy up")), ElementsAre("src/main.py outline"));
}

TEST_F(ContextTest, LeavesOutWhatTheIndexKnowsAndTheDiskNoLongerHas) {
  file("src/util.py", "\n\n\ndef parse_line(text): pass\n");
  files_["src/util.py"] = "x = 1\n";
  EXPECT_THAT(used(select("Tidy up")), ElementsAre("src/main.py outline"));
}

}  // namespace
}  // namespace cromwell::workspace
