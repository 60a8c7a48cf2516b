// The fim protocol: what models with and without tokens for gaps are shown, and how their answers
// are put in.
#include "edit/fim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "edit/gap.h"
#include "tests/edit/protocol_fixture.h"

namespace cromwell::edit {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class FimTest : public ProtocolTest<Fim> {
 protected:
  void use_fim_tokens() {
    tokenizer::Vocabulary vocabulary = fakes::small_vocabulary();
    for (const char* special : {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"}) {
      vocabulary.tokens.emplace_back(special);
      vocabulary.kinds.push_back(tokenizer::TokenKind::kControl);
    }
    tokenizer_ = *tokenizer::Tokenizer::create(std::move(vocabulary));
  }
  Prompt gap(const std::string& above, const std::string& shown, const std::string& below,
             std::optional<std::size_t> cursor = {}) {
    region_ = Region{.shown = shown, .cursor = cursor};
    PromptInput input{"a.py", "Fill it in", region_, {}};
    input.above = above;
    input.below = below;
    return render(input);
  }
};

TEST_F(FimTest, TheInstructionIsACommentBeforeTheGap) {
  use_fim_tokens();
  gap("def f():\n", "    x = 1\n", "y = 2\n");
  EXPECT_EQ(text_, "<fim_prefix>def f():\n    # Fill it in\n<fim_suffix>y = 2\n<fim_middle>");
}

TEST_F(FimTest, AnUnknownLanguageHasNoComment) {
  use_fim_tokens();
  region_ = Region{.shown = "x\n"};
  render({"notes.txt", "Fill it in", region_, {}});
  EXPECT_EQ(text_, "<fim_prefix><fim_suffix><fim_middle>");
}

TEST_F(FimTest, WhatStandsAroundACursorStays) {
  use_fim_tokens();
  const Prompt prompt = gap("a\n", "  x = (1)\n", "b\n", 7);
  EXPECT_EQ(text_, "<fim_prefix>a\n  # Fill it in\n  x = (<fim_suffix>1)\nb\n<fim_middle>");
  EXPECT_EQ(read(prompt, "2 + "), "  x = (2 + 1)\n");
  EXPECT_EQ(read(prompt, ""), "  x = (1)\n");
  EXPECT_EQ(read_back(prompt, "  x = (f(1)\n"), "  x = (f(1)\n");
  EXPECT_THAT(read_back(prompt, "  y = (1)\n"), HasSubstr("no answer"));
}

TEST_F(FimTest, ASelectionGivesWayToTheAnswer) {
  use_fim_tokens();
  const Prompt prompt = gap("a\n", "    x\n\n", "b\n");
  EXPECT_EQ(read(prompt, "    y"), "    y\n");
  EXPECT_EQ(read(prompt, "\ny\n"), "\ny\n");
  EXPECT_EQ(read_back(prompt, "  z\n"), "  z\n");
}

TEST_F(FimTest, NotesStandBeforeTheFilesText) {
  use_fim_tokens();
  region_ = Region{.shown = "x\n"};
  PromptInput input{"a.c", "Fill it in", region_, {}};
  input.above = "int a;\n";
  input.notes = {{"From b.c", "int b;\n"}};
  render(input);
  EXPECT_EQ(text_,
            "<fim_prefix>// From b.c\nint b;\n\nint a;\n// Fill it in\n<fim_suffix><fim_middle>");
}

TEST_F(FimTest, AModelWithoutTokensIsAskedInWords) {
  const Prompt prompt = gap("def f():\n", "    x = 1\n", "y = 2\n");
  EXPECT_THAT(text_, HasSubstr("A part of a.py with a gap at <GAP>:\n```python\ndef f():\n<GAP>\n"
                               "y = 2\n```\n\nWrite only what belongs in the place of <GAP>.\n\n"
                               "Fill it in."));
  EXPECT_THAT(text_, EndsWith("```python"));
  EXPECT_EQ(read(prompt, "\n    z = 1"), "    z = 1\n");
}

TEST_F(FimTest, InWordsItSaysWhatOfTheFileIsLeftOut) {
  const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += "line = 1\n";
    return text;
  }();
  gap(long_text, "x\n", "b\n");
  EXPECT_THAT(text_, HasSubstr("A part of a.py (lines before it are left out) with a gap at"));
  gap("a\n", "x\n", long_text);
  EXPECT_THAT(text_, HasSubstr("A part of a.py (lines after it are left out) with a gap at"));
  gap(long_text, "x = 1\n", long_text, 4);
  EXPECT_THAT(text_, HasSubstr("(lines before and after it are left out) with a gap at"));
  gap("a\n", "x = 1\n", "b\n", 4);
  EXPECT_THAT(text_, HasSubstr("A part of a.py with a gap at"));
}

TEST_F(FimTest, TheMarkOfAGapIsOneThatTheTextHasNot) {
  gap("<GAP>\n", "x\n", "");
  EXPECT_THAT(text_, HasSubstr("a gap at <THE_GAP>"));
}

TEST_F(FimTest, InWordsRepeatedLinesAndLostIndentationAreMended) {
  const Prompt prompt = gap("def f():\n", "    x = 1\n", "    return x\n\ng()\n");
  EXPECT_EQ(read(prompt, "\ndef f():\n    z = 1\n    return x"), "    z = 1\n");
  EXPECT_EQ(read(prompt, "\nz = 1\nif z:\n    pass"), "    z = 1\n    if z:\n        pass\n");
}

TEST_F(FimTest, InWordsTheLineOfACursorMayBeSaidAgain) {
  const Prompt prompt = gap("", "x = \n", "b\n", 4);
  EXPECT_THAT(text_, HasSubstr("\nx = <GAP>\nb\n"));
  EXPECT_EQ(read(prompt, "f(1)"), "x = f(1)\n");
  EXPECT_EQ(read(prompt, "x = f(1)"), "x = f(1)\n");
  EXPECT_EQ(read_back(prompt, "x = 2\n"), "x = 2\n");
  const Prompt indented = gap("if a:\n", "    x = \n", "b\n", 8);
  EXPECT_EQ(read(indented, "\nx = f(1)"), "    x = f(1)\n");
  EXPECT_EQ(read(indented, "\n    x = f(1)"), "    x = f(1)\n");
}

TEST(CutGap, KeepsWholeLinesNextToTheGap) {
  const auto tokenizer = fakes::small_tokenizer();  // nearly one token for each byte
  const Gap whole{"11\n22\n33\n", "44\n55\n66\n"};
  const auto cut = [&](int budget) {
    const Gap gap = cut_gap(whole, *tokenizer, budget);
    return std::string(gap.before) + "|" + std::string(gap.after);
  };
  EXPECT_EQ(cut(0), "|");
  EXPECT_EQ(cut(12), "11\n22\n33\n|44\n");
  EXPECT_EQ(cut(100), "11\n22\n33\n|44\n55\n66\n");
}

TEST(CutGap, GivesWhatComesAfterAQuarterAndWhatComesBeforeAllThatIsLeft) {
  const auto tokenizer = fakes::small_tokenizer();
  const std::string lines = "11\n22\n33\n44\n55\n66\n77\n88\n";
  EXPECT_EQ(cut_gap({lines, lines}, *tokenizer, 24).after, "11\n22\n");
  EXPECT_EQ(cut_gap({"", lines}, *tokenizer, 24).after, "11\n22\n");
  EXPECT_EQ(cut_gap({lines, ""}, *tokenizer, 24).before, lines);
}

TEST(CutGap, KeepsTheEndsOfALineThatIsLongerThanTheBudget) {
  const Gap gap = cut_gap({"01234567", "89012345"}, *fakes::small_tokenizer(), 8);
  EXPECT_EQ(gap.after, "89");
  EXPECT_EQ(gap.before, "234567");
}

// Else a prompt would share nothing with the one before the last key.
TEST(CutGap, BeginsWithTheSameLineWhileTextGrowsAtItsEnd) {
  const auto tokenizer = fakes::small_tokenizer();
  std::string text;
  for (int i = 100; i < 200; ++i) text += std::to_string(i) + "\n";
  const auto shown = [&] { return cut_gap({text, ""}, *tokenizer, 200).before; };
  const std::string begin(shown().substr(0, 4));
  EXPECT_EQ(begin, "164\n");  // 50 lines have room, and begin in the middle of a step
  for (int i = 0; i < 40; ++i) {
    text += 'x';
    EXPECT_TRUE(shown().starts_with(begin)) << i;
  }
}

TEST(CutGap, AnUnendedLastLineIsALine) {
  const Gap gap = cut_gap({"", "a\nb"}, *fakes::small_tokenizer(), 100);
  EXPECT_EQ(gap.after, "a\nb");
}

}  // namespace
}  // namespace cromwell::edit
