// Which lines an instruction means by a name, and where it means none.
#include "edit/named_region.h"

#include <gtest/gtest.h>

namespace cromwell::edit {
namespace {

constexpr const char* kFile =
    "class Cart:\n"                // 1
    "    def total(self):\n"       // 2
    "        return 1\n"           // 3
    "\n"                           // 4
    "    def parse_line(self):\n"  // 5
    "        return 2\n"           // 6
    "\n"                           // 7
    "\n"                           // 8
    "class Shop:\n"                // 9
    "    def open(self):\n"        // 10
    "        return 3\n"           // 11
    "\n"                           // 12
    "    def close(self):\n"       // 13
    "        return 4\n"           // 14
    "\n"                           // 15
    "\n"                           // 16
    "def close(x):\n"              // 17
    "    return x\n";              // 18

std::string region(const std::string& instruction) {
  const auto file = workspace::TextFile::parse(kFile);
  const auto lines = named_region(*file, "shop.py", instruction);
  return lines ? std::to_string(lines->first) + "-" + std::to_string(lines->last) : "none";
}

TEST(NamedRegion, IsTheSymbolThatTheInstructionNames) {
  EXPECT_EQ(region("Add a docstring to parse_line"), "5-6");
  EXPECT_EQ(region("Add a docstring to total."), "2-3");
  EXPECT_EQ(region("Make `open` return None"), "10-11");
  EXPECT_EQ(region("open() should log"), "10-11");
  EXPECT_EQ(region("The total method must not fail"), "2-3");
  EXPECT_EQ(region("Document the class Shop"), "9-14");
}

TEST(NamedRegion, TakesQualifiedNames) {
  EXPECT_EQ(region("Let Shop.close return 5"), "13-14");
  EXPECT_EQ(region("Let Shop::close return 5"), "13-14");
}

TEST(NamedRegion, IsTheInnermostOfNestedNames) {
  EXPECT_EQ(region("In the class Cart, rename the method total"), "2-3");
}

TEST(NamedRegion, IsNoneWhereTheNameIsNotCertain) {
  EXPECT_EQ(region("Add comments"), "none");
  EXPECT_EQ(region("Compute the total cost"), "none");        // a plain word
  EXPECT_EQ(region("Add a docstring to close"), "none");      // two of them
  EXPECT_EQ(region("Merge parse_line into open()"), "none");  // neither holds the other
  EXPECT_EQ(region("Rename missing_name"), "none");
}

TEST(NamedRegion, IsNoneInAFileWithoutAGrammar) {
  const auto file = workspace::TextFile::parse("def f():\n    pass\n");
  EXPECT_FALSE(named_region(*file, "notes.txt", "Document f()"));
}

TEST(RegionAround, IsTheInnermostSymbolElseTheSmallestNodeWithLinesOfItsOwn) {
  const auto around = [](const char* text, const char* name, int line) {
    const auto file = workspace::TextFile::parse(text);
    const auto lines = region_around(*file, name, line);
    return lines ? std::to_string(lines->first) + "-" + std::to_string(lines->last) : "none";
  };
  EXPECT_EQ(around(kFile, "shop.py", 3), "2-3");
  EXPECT_EQ(around(kFile, "shop.py", 9), "9-14");
  EXPECT_EQ(around(kFile, "shop.py", 4), "1-6");
  EXPECT_EQ(around(kFile, "shop.py", 8), "none");
  EXPECT_EQ(around(kFile, "shop.py", 0), "none");
  EXPECT_EQ(around(kFile, "shop.py", 19), "none");
  EXPECT_EQ(around(kFile, "shop.txt", 3), "none");
  EXPECT_EQ(around("import a\n\nf(1,\n  2)\n", "a.py", 4), "3-4");
  EXPECT_EQ(around("f(); g();\nh();\n", "a.js", 1), "1-2");  // no line of its own
}

}  // namespace
}  // namespace cromwell::edit
