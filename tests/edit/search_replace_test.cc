// The search_replace protocol: what blocks are read out of answers, where they are found, and which
// are refused.
#include "edit/search_replace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "edit/search_blocks.h"
#include "tests/edit/protocol_fixture.h"

namespace cromwell::edit {
namespace {

using testing::HasSubstr;

using SearchReplaceTest = ProtocolTest<SearchReplace>;

// A block as the model writes it after the opened marker.
std::string first_block(const std::string& search, const std::string& replace) {
  return "\n" + search + "=======\n" + replace + ">>>>>>> REPLACE\n";
}
std::string block(const std::string& search, const std::string& replace) {
  return "<<<<<<< SEARCH" + first_block(search, replace);
}

constexpr const char* kCode =
    "def f(a):\n    x = a\n    return x\n\ndef g(a):\n    y = a\n    return y\n";

TEST_F(SearchReplaceTest, ThePromptEndsWithTheFirstBlockOpened) {
  const Prompt prompt = render(kCode);
  EXPECT_TRUE(text_.ends_with("assistant\n<<<<<<< SEARCH")) << text_;
  EXPECT_THAT(text_, HasSubstr(">>>>>>> REPLACE\n\nRename it.<|im_end|>"));
}

TEST_F(SearchReplaceTest, PutsTheReplacementInThePlaceOfTheSearchText) {
  const Prompt prompt = render(kCode);
  EXPECT_EQ(read(prompt, first_block("    x = a\n    return x\n", "    return a\n")),
            "def f(a):\n    return a\n\ndef g(a):\n    y = a\n    return y\n");
}

TEST_F(SearchReplaceTest, SeveralBlocksMayStandInAnyOrderAndTouch) {
  const Prompt prompt = render("a\nb\nc\n");
  EXPECT_EQ(read(prompt, first_block("c\n", "C\n") + block("a\n", "A\n") + block("b\n", "")),
            "A\nC\n");
}

TEST_F(SearchReplaceTest, AnEmptyReplacementDeletes) {
  EXPECT_EQ(read(render("a\nb\n"), first_block("a\n", "")), "b\n");
}

TEST_F(SearchReplaceTest, ProseAndFencesAroundBlocksAreNotRead) {
  const Prompt prompt = render("a\nb\n");
  EXPECT_EQ(read(prompt, first_block("a\n", "A\n") + "```\nAnd then\n=======\n```python\n" +
                             block("b\n", "B\n") + "```\nThat is all.\n"),
            "A\nB\n");
}

TEST_F(SearchReplaceTest, BlanksAfterMarkersAndLinesDoNotCount) {
  EXPECT_EQ(read(render("a  \nb\n"), " \na\t\n======= \nA\n>>>>>>> REPLACE \n"), "A\nb\n");
}

TEST_F(SearchReplaceTest, LinesAsTheyAreGoBeforeLinesButForBlanks) {
  EXPECT_EQ(read(render("a \na\n"), first_block("a\n", "A\n")), "a \nA\n");
}

TEST_F(SearchReplaceTest, TooLittleIndentationIsMendedInTheReplacement) {
  EXPECT_EQ(read(render("if a:\n    if b:\n        c\n"),
                 first_block("if b:\n    c\n", "if b:\n    d\n\n    e\n")),
            "if a:\n    if b:\n        d\n\n        e\n");
}

TEST_F(SearchReplaceTest, TooMuchIndentationIsMendedInTheReplacement) {
  EXPECT_EQ(read(render("if b:\n    c\n"), first_block("\tif b:\n\t    c\n", "\tif b:\n\t    d\n")),
            "if b:\n    d\n");
}

TEST_F(SearchReplaceTest, AReplacementThatIsIndentedLessThanItsSearchTextIsRefused) {
  EXPECT_THAT(read(render("if b:\n    c\n"), first_block("  if b:\n      c\n", "if d:\n")),
              HasSubstr("its replacement is not"));
}

TEST_F(SearchReplaceTest, IndentationThatDiffersFromLineToLineIsNotMended) {
  EXPECT_THAT(read(render("if b:\n    c\n"), first_block("  if b:\n    c\n", "x\n")),
              HasSubstr("does not stand in"));
}

TEST_F(SearchReplaceTest, OneTextThatEndsAnotherIsNotIndentation) {
  EXPECT_THAT(read(render("max = 1\n"), first_block("x = 1\n", "y\n")), HasSubstr("refused"));
}

TEST_F(SearchReplaceTest, AnAmbiguousTextIsRefusedWithItsLines) {
  Prompt prompt = render("a\nb\na\nb\n");
  prompt.first_line = 11;
  EXPECT_THAT(read(prompt, first_block("a\n", "c\n")),
              HasSubstr("block 1: its search text stands at lines 11 and 13"));
  EXPECT_THAT(read(render("a \na\t\n"), first_block("a\n", "c\n")), HasSubstr("lines 1 and 2"));
  EXPECT_THAT(read(render(" a\n  a\n"), first_block("a\n", "c\n")), HasSubstr("lines 1 and 2"));
}

TEST_F(SearchReplaceTest, ATextThatStandsNowhereIsRefusedWithWhereItWasLookedFor) {
  Prompt prompt = render("a\nb\n");
  prompt.first_line = 7;
  EXPECT_THAT(read(prompt, first_block("a\n", "x\n") + block("c\nd\n", "x\n")),
              HasSubstr("block 2: its search text does not stand in lines 7 to 8: \"c\""));
}

TEST_F(SearchReplaceTest, BlocksThatChangeTheSameLineAreRefused) {
  EXPECT_THAT(read(render("a\nb\nc\n"), first_block("a\nb\n", "x\n") + block("b\nc\n", "y\n")),
              HasSubstr("two blocks change line 2"));
}

TEST_F(SearchReplaceTest, ABlockThatIsSaidTwiceIsReadOnce) {
  EXPECT_EQ(read(render("a\nb\n"), first_block("a\n", "c\n") + block("a\n", "c\n")), "c\nb\n");
}

TEST_F(SearchReplaceTest, AnEmptySearchTextIsForAnEmptyFileOnly) {
  EXPECT_EQ(read(render(""), first_block("", "a\n")), "a\n");
  EXPECT_THAT(read(render("b\n"), first_block("", "a\n")), HasSubstr("search text is empty"));
  EXPECT_THAT(read(render(""), first_block("", "a\n") + block("", "b\n")),
              HasSubstr("two blocks change line 1"));
}

TEST_F(SearchReplaceTest, WhatIsNoWholeBlockIsRefused) {
  const Prompt prompt = render("a\n");
  for (const auto& [answer, reason] : std::vector<std::pair<std::string, std::string>>{
           {"", "not closed"},
           {"\na\n", "not closed"},
           {"\na\n=======\nb\n", "not closed"},
           {"\na\n=======\nb\n>>>>>>> REPLAC", "not closed"},
           {"\na\n>>>>>>> REPLACE\n", "no divider"},
           {"\na\n=======\nb\n=======\nc\n>>>>>>> REPLACE\n", "two dividers"},
           {"\na\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n", "before its REPLACE"},
           {first_block("a\n", "b\n") + ">>>>>>> REPLACE\n", "outside a block"},
           {first_block("a\n", "b\n") + "<<<<<<< SEARCH\n", "not closed"},
           {" and more\na\n", "no SEARCH block"}}) {
    EXPECT_THAT(read(prompt, answer), HasSubstr(reason)) << answer;
  }
}

TEST_F(SearchReplaceTest, MarkersAreLongerThanThoseThatTheTextHolds) {
  const std::string conflict = "<<<<<<< SEARCH\na\n=======\n======== \nb\n>>>>>>> REPLACE\n";
  const Prompt prompt = render(conflict);
  EXPECT_EQ(prompt.opening, "<<<<<<<<< SEARCH");
  EXPECT_EQ(read_back(prompt, "<<<<<<< SEARCH\na\n=======\nc\n"),
            "<<<<<<< SEARCH\na\n=======\nc\n");
}

TEST_F(SearchReplaceTest, NoAnswerLeadsToATextThatReadsAsAMarker) {
  EXPECT_THAT(read_back(render("a\nb\n"), "a\n=======\n"), HasSubstr("no answer"));
}

TEST_F(SearchReplaceTest, NoAnswerIsLookedForAmongTooManyLinesThatAreAlike) {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) {
    before += "a\n";
    after += i % 2 == 0 ? "a\n" : "b\n";
  }
  EXPECT_THAT(read_back(render(before), after), HasSubstr("too alike"));
}

TEST_F(SearchReplaceTest, TheAnswerForAnyTextLeadsToIt) {
  constexpr unsigned kSeed = 20261;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const auto text = [&](int lines) {
    std::string made;
    for (int i = 0; i < lines; ++i) made += std::string(1, "ab c"[random() % 4]) + "\n";
    return made;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string before = text(static_cast<int>(random() % 8));
    const std::string after = text(static_cast<int>(random() % 8));
    if (before == after) continue;
    EXPECT_EQ(read_back(render(before), after), after) << before;
  }
}

}  // namespace
}  // namespace cromwell::edit
