#include "workspace/smallest_node.h"

#include <gtest/gtest.h>

namespace cromwell::workspace {
namespace {

std::string around(const std::string& text, const char* name, LineRange lines) {
  const auto file = TextFile::parse(text);
  const auto found = smallest_node(*file, name, lines);
  return found ? std::to_string(found->first) + "-" + std::to_string(found->last) : "none";
}

constexpr const char* kPython =
    "import a\n"          // 1
    "\n"                  // 2
    "if a:\n"             // 3
    "    b = f(\n"        // 4
    "        1,\n"        // 5
    "        c)\n"        // 6
    "    d = 2; e = 3\n"  // 7
    "\n"                  // 8
    "    g = 4\n";        // 9

TEST(SmallestNode, HoldsTheLinesAndSharesItsOwnWithNoOtherCode) {
  EXPECT_EQ(around(kPython, "a.py", {1, 1}), "1-1");
  EXPECT_EQ(around(kPython, "a.py", {5, 5}), "5-5");
  EXPECT_EQ(around(kPython, "a.py", {6, 6}), "4-6");
  EXPECT_EQ(around(kPython, "a.py", {7, 7}), "4-9");  // of two statements on one line, none
  EXPECT_EQ(around(kPython, "a.py", {4, 9}), "4-9");
  EXPECT_EQ(around(kPython, "a.py", {3, 4}), "3-9");
  EXPECT_EQ(around(kPython, "a.py", {1, 3}), "1-9");
}

TEST(SmallestNode, CountsNoBlankLinesAtTheEdges) {
  EXPECT_EQ(around(kPython, "a.py", {8, 9}), "9-9");
  EXPECT_EQ(around(kPython, "a.py", {8, 8}), "none");
}

TEST(SmallestNode, IsThereInEveryLanguageWithAGrammar) {
  EXPECT_EQ(around("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n", "a.json", {2, 2}), "2-2");
  EXPECT_EQ(around("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n", "a.json", {3, 3}), "3-5");
  EXPECT_EQ(around("int f() {\r\n  g();\r\n  return 1;\r\n}\r\n", "a.c", {2, 2}), "2-2");
  EXPECT_EQ(around("int f() {\n  g();\n}\n", "a.c", {1, 1}), "1-3");
  EXPECT_EQ(around("a\n", "a.txt", {1, 1}), "none");
}

TEST(SmallestNode, IsNoneOutsideOfTheFile) {
  EXPECT_EQ(around("a = 1\n", "a.py", {0, 1}), "none");
  EXPECT_EQ(around("a = 1\n", "a.py", {1, 2}), "none");
  EXPECT_EQ(around("", "a.py", {1, 1}), "none");
}

TEST(SmallestNode, TakesTextThatNestsAsDeepAsItIsLong) {
  EXPECT_EQ(around(std::string(200'000, '('), "a.py", {1, 1}), "1-1");
}

}  // namespace
}  // namespace cromwell::workspace
