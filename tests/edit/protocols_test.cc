// What holds for all protocols: their names, the default, and a prompt whose beginning does not
// depend on the instruction.
#include <gtest/gtest.h>

#include <algorithm>

#include "edit/protocol.h"
#include "tests/edit/script_fixture.h"

namespace cromwell::edit {
namespace {

TEST(FindProtocol, KnowsEachByItsName) {
  for (const std::string& name : protocol_names()) {
    EXPECT_EQ((*find_protocol(name))->name(), name);
  }
}

TEST(FindProtocol, RefusesAnotherWithTheList) {
  for (const char* name : {"magic", "", "Rewrite", "script "}) {
    const auto found = find_protocol(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().param, "protocol");
    EXPECT_NE(found.error().message.find("rewrite, search_replace, script, fim, whole"),
              std::string::npos);
  }
}

TEST(DefaultProtocol, IsTheModelsOwnWhereItCanBe) {
  const auto plain = fakes::small_tokenizer();
  EXPECT_EQ(default_protocol("", *plain).name(), "rewrite");
  EXPECT_EQ(default_protocol("search_replace", *plain).name(), "search_replace");
  EXPECT_EQ(default_protocol("script", *plain).name(), "rewrite");
  EXPECT_EQ(default_protocol("script", *script_tokenizer()).name(), "script");
  EXPECT_EQ(default_protocol("of a later version", *plain).name(), "rewrite");
}

class EachProtocol : public testing::TestWithParam<std::string> {};

// What two instructions that have not a character in common share must hold all that is shown.
TEST_P(EachProtocol, TwoInstructionsShareTheTokensUpToWhatDependsOnThem) {
  const Protocol& protocol = **find_protocol(GetParam());
  const auto tokenizer = script_tokenizer();
  const auto chat_template = *tokenizer::ChatTemplate::recognise("chatml", *tokenizer);
  const Region region{.shown = "def in_the(a):\n    return a\n"};
  const auto render = [&](const char* instruction, const char* note) {
    PromptInput input{"a.py", instruction, region, "AROUND\n"};
    input.notes = {{"From b.py", "NOTE\n"}};
    input.instruction_notes = {{note, note}};
    input.above = "ABOVE\n";
    input.below = "BELOW\n";
    return protocol.render(input, {*tokenizer, chat_template, 4096})->ids;
  };
  TokenIds one = render("Add it", "xxx ```` y\n");
  const TokenIds other = render("remove", "zz\n");
  one.erase(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first, one.end());
  const std::string shared = tokenizer->decode(one);
  // A gap is shown with its surroundings; the lines in it are not.
  const bool fills = protocol.region_kind() == RegionKind::kExact;
  EXPECT_NE(shared.find(fills ? "BELOW\n" : region.shown), std::string::npos) << shared;
  EXPECT_NE(shared.find("NOTE\n"), std::string::npos) << shared;
  EXPECT_TRUE(fills || shared.find("AROUND\n") < shared.find(region.shown)) << shared;
}

INSTANTIATE_TEST_SUITE_P(Protocols, EachProtocol, testing::ValuesIn(protocol_names()));

}  // namespace
}  // namespace cromwell::edit
