// Answer checks: which rewritten regions are refused, and which are not.
#include "edit/answer_check.h"

#include <gtest/gtest.h>

#include <string>

namespace cromwell::edit {
namespace {

constexpr const char* kOld =
    "def f(a):\n"
    "    b = a\n"
    "    c = b\n"
    "    d = c\n"
    "    return d\n";

struct Check {
  std::string new_text;
  std::string old_text = kOld;
  std::string instruction = "Rename b to x";
  std::string file = "src/f.py";
};

// The reason of the refusal; empty if there is none.
std::string reason(const Check& check) {
  const auto result = check_answer({.old_text = check.old_text,
                                    .new_text = check.new_text,
                                    .instruction = check.instruction,
                                    .file = check.file});
  if (result) return {};
  EXPECT_EQ(result.error().code, base::ErrorCode::kNoValidEdit);
  return result.error().message;
}

std::string with_line(const std::string& line) {
  return "def f(a):\n" + line + "\n    c = a\n    d = c\n    return d\n";
}

TEST(AnswerCheck, AcceptsAnEdit) {
  EXPECT_EQ(reason({"def f(a):\n    x = a\n    c = x\n    d = c\n    return d\n"}), "");
  EXPECT_EQ(reason({kOld}), "");
}

TEST(AnswerCheck, RefusesAnEmptyAnswer) {
  EXPECT_NE(reason({""}).find("it is empty"), std::string::npos);
  EXPECT_EQ(reason({.new_text = "", .old_text = "\n\n"}), "");
}

TEST(AnswerCheck, RefusesToDeleteMoreThanHalfUnlessAskedTo) {
  EXPECT_NE(reason({"def f(a):\n    return a\n"}).find("5 lines become 2"), std::string::npos);
  EXPECT_EQ(reason({"def f(a):\n    b = a\n    return b\n"}), "");
  EXPECT_EQ(reason({.new_text = "x\n", .old_text = "a\nb\nc\nd\n"}), "");
  EXPECT_EQ(reason({.new_text = "def f(a):\n    return a\n", .instruction = "Remove the copies"}),
            "");
  EXPECT_EQ(reason({.new_text = "", .instruction = "Delete this function"}), "");
}

TEST(AnswerCheck, WhatIsSaidInFewerLinesIsNotDeleted) {
  const std::string loop =
      "def overdue(orders, today):\n    found = False\n    for order in orders:\n"
      "        if order.due < today:\n            found = True\n            break\n"
      "    return found\n";
  const std::string any =
      "def overdue(orders, today):\n    return any(order.due < today for order in orders)\n";
  EXPECT_EQ(reason({.new_text = any, .old_text = loop, .instruction = "Use any"}), "");
  // Only the beginning was written, and one of its lines was changed.
  const std::string cut = "def overdue(orders, day):\n    found = False\n";
  EXPECT_NE(reason({.new_text = cut, .old_text = loop, .instruction = "Rename today to day"}), "");
  const std::string other = "def overdue(orders, today):\n    return check_all(today)\n";
  EXPECT_NE(reason({.new_text = other, .old_text = loop, .instruction = "Use any"}), "");
}

TEST(AnswerCheck, ALargeRegionMayLoseLess) {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text.append("x").append(std::to_string(i)).append("\n");
    return text;
  };
  EXPECT_EQ(reason({.new_text = lines(10), .old_text = lines(20)}), "");
  EXPECT_NE(reason({.new_text = lines(110), .old_text = lines(200)}), "");
  EXPECT_EQ(reason({.new_text = lines(146), .old_text = lines(200)}), "");
}

TEST(AnswerCheck, ToRemoveSomethingIsNotToRemoveAll) {
  EXPECT_NE(reason({.new_text = "", .instruction = "Remove the comments"}), "");
  EXPECT_EQ(reason({.new_text = "", .old_text = "import a\n", .instruction = "Remove the import"}),
            "");
}

TEST(AnswerCheck, AWordWithinAWordDoesNotAllowDeletion) {
  EXPECT_NE(reason({.new_text = "x\n", .instruction = "Colour the stripes"}), "");
  EXPECT_EQ(reason({.new_text = "x\n", .instruction = "Removes copies"}), "");
}

TEST(AnswerCheck, RefusesFencesAndMarkersLeftInside) {
  EXPECT_NE(reason({with_line("```python")}).find("fence"), std::string::npos);
  EXPECT_NE(reason({with_line("    s = '<|im_end|>'")}).find("<|im_end|>"), std::string::npos);
  EXPECT_NE(reason({with_line("<EDIT>")}).find("<EDIT>"), std::string::npos);
  for (const char* marker : {"~~~", "<|fim_middle|>", "[/INST]", "</think>", "<<<<<<< SEARCH",
                             ">>>>>>> REPLACE", "<|eot_id|>"}) {
    EXPECT_NE(reason({with_line(marker)}), "") << marker;
  }
  EXPECT_EQ(reason({.new_text = "a\n```\nb\n```\n", .old_text = "a\n", .file = "README.md"}), "");
  const std::string old_marker = with_line("    s = '<|im_end|>'");
  EXPECT_EQ(reason({.new_text = old_marker + "\n", .old_text = old_marker}), "");
}

TEST(AnswerCheck, RefusesProseAroundTheCode) {
  EXPECT_NE(reason({"Here is the updated code:\n" + std::string(kOld)}).find("prose"),
            std::string::npos);
  EXPECT_NE(reason({std::string(kOld) + "\nNote that b is gone.\n"}).find("prose"),
            std::string::npos);
}

TEST(AnswerCheck, TakesSuchWordsWithinADocstringAndInProse) {
  EXPECT_EQ(reason({with_line("    \"\"\"\n    This function copies.\n    \"\"\"")}), "");
  EXPECT_EQ(reason({.new_text = "Here is a list.\n", .old_text = "A list.\n", .file = "a.md"}), "");
}

TEST(AnswerCheck, RefusesCodeLeftOutBehindAComment) {
  for (const char* comment :
       {"    # ...", "    # ... rest unchanged", "    // ... existing code", "    /* ... */",
        "    # rest of the function", "    # The rest of the code remains the same",
        "    # … as before", "    # existing code here", "    <!-- remains unchanged -->"}) {
    EXPECT_NE(reason({with_line(comment)}).find("leaves code out"), std::string::npos) << comment;
  }
}

TEST(AnswerCheck, TakesAnEllipsisThatLeavesNothingOut) {
  EXPECT_EQ(reason({std::string(kOld) + "    # ... and so on\n"}), "");  // no old line is missing
  EXPECT_EQ(reason({with_line("    ...")}), "");                         // Python's own
  EXPECT_EQ(reason({with_line("    # the existing value")}), "");
  const std::string old_comment = with_line("    # ...");
  EXPECT_EQ(reason({.new_text = "x = 1\n" + old_comment, .old_text = old_comment}), "");
}

TEST(AnswerCheck, RefusesHiddenCharactersThatWereNotThere) {
  for (const char* hidden :
       {"\u202E", "\u2066", "\u00AD", "\u2028", "\u3164", "\U000E0100", "\u200B", "\u200D",
        "\uFEFF", "\U000E0041", "\uFFFD", "\x1b", "\r", "\u0085"}) {
    const std::string text = with_line(std::string("    b = '") + hidden + "'");
    EXPECT_NE(reason({text}).find("it adds"), std::string::npos) << text;
    EXPECT_EQ(reason({.new_text = text, .old_text = text}), "");
    const std::string twice = with_line(std::string("    b = '") + hidden + hidden + "'");
    EXPECT_NE(reason({.new_text = twice, .old_text = text}), "");
  }
}

TEST(AnswerCheck, TakesOrdinaryCharactersOfEveryLength) {
  EXPECT_EQ(reason({with_line("    b = 'é 中 \U0001F600 \t'")}), "");
}

TEST(AnswerCheck, KnowsInstructionsAboutWhitespace) {
  EXPECT_TRUE(is_about_whitespace("Strip trailing whitespace"));
  EXPECT_TRUE(is_about_whitespace("Add a blank line"));
  EXPECT_FALSE(is_about_whitespace("Rename x to total"));
}

TEST(CheckSyntax, CannotTellWithoutAGrammar) {
  const auto old_file = workspace::TextFile::parse("a (\n");
  const auto new_file = workspace::TextFile::parse("b (\n");
  EXPECT_EQ(check_syntax(*old_file, *new_file, {1, 1}, "a.unknown").parses, std::nullopt);
}

TEST(CheckSyntax, ReadsLinesWhateverTheirEnding) {
  const auto old_file = workspace::TextFile::parse("a = 1\r\nb = 2\r\n");
  const auto new_file = workspace::TextFile::parse("a = 1\r\nb = (\r\n");
  const SyntaxVerdict verdict = check_syntax(*old_file, *new_file, {2, 2}, "a.py");
  EXPECT_EQ(verdict.parses, std::optional(false));
  EXPECT_EQ(verdict.error.line, 2);
  EXPECT_NE(syntax_refusal(verdict.error).message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace cromwell::edit
