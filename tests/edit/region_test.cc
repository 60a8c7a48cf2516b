// Regions: what a selection may be, what the model sees, and how its answer goes back.
#include "edit/region.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/workspace/random_text.h"

namespace cromwell::edit {
namespace {

using workspace::LineRange;
using workspace::TextFile;

Region region_of(const std::string& bytes, std::optional<LineRange> selection = {}) {
  const auto file = TextFile::parse(bytes);
  EXPECT_TRUE(file.has_value());
  const auto region = select_region(*file, selection);
  EXPECT_TRUE(region.has_value()) << region.error().message;
  return *region;
}

constexpr const char* kMethod =
    "class Cart:\n"
    "    def total(self):\n"
    "        x = 0\n"
    "\n"
    "        return x\n";

TEST(SelectRegion, TakesTheWholeFileWithoutASelection) {
  const Region region = region_of("a\nb");
  EXPECT_EQ(region.range.first, 1);
  EXPECT_EQ(region.range.last, 2);
  EXPECT_EQ(region.text, "a\nb\n");
  EXPECT_EQ(region.shown, "a\nb\n");
}

TEST(SelectRegion, ShowsLinesWithoutTheirCommonIndentation) {
  const Region region = region_of(kMethod, LineRange{2, 5});
  EXPECT_EQ(region.indent, "    ");
  EXPECT_EQ(region.shown, "def total(self):\n    x = 0\n\n    return x\n");
}

TEST(SelectRegion, ShowsNoBlankLinesAtTheEdges) {
  const Region region = region_of("\n  \na\n\nb\n\n\n");
  EXPECT_EQ(region.shown, "a\n\nb\n");
  EXPECT_EQ(region.blank_before, 2);
  EXPECT_EQ(region.blank_after, 2);
}

TEST(SelectRegion, TakesTheLastLineAndTheEmptyRangeAfterIt) {
  EXPECT_EQ(region_of("a\nb\n", LineRange{2, 2}).text, "b\n");
  EXPECT_EQ(region_of("a\nb\n", LineRange{3, 2}).text, "");
  EXPECT_EQ(region_of("", LineRange{1, 0}).text, "");
}

TEST(SelectRegion, RefusesASelectionOutsideTheFileAndNamesTheLineCount) {
  const auto file = TextFile::parse("a\nb\nc\n");
  struct Case {
    LineRange selection;
    const char* param;
  };
  for (const Case& c : {Case{{0, 2}, "selection.start_line"}, Case{{5, 5}, "selection.start_line"},
                        Case{{1, 4}, "selection.end_line"}, Case{{3, 1}, "selection.end_line"}}) {
    const auto region = select_region(*file, c.selection);
    ASSERT_FALSE(region.has_value());
    EXPECT_EQ(region.error().code, base::ErrorCode::kInvalidRequest);
    EXPECT_EQ(region.error().param, c.param);
    EXPECT_NE(region.error().message.find("3 lines"), std::string::npos) << region.error().message;
  }
}

TEST(Restore, PutsIndentationAndBlankEdgesBack) {
  const Region region = region_of("if a:\n\n    b = 1\n    c = 2\n\nd\n", LineRange{2, 5});
  EXPECT_EQ(restore(region, "x = 1\n\nc = 2\n", false), "\n    x = 1\n\n    c = 2\n\n");
}

TEST(Restore, ShiftsAnAnswerBackThatIsIndentedAsAWhole) {
  const Region region = region_of(kMethod, LineRange{2, 5});
  const std::string answer = "    def total(self):\n        y = 0\n\n        return y\n";
  EXPECT_EQ(restore(region, answer, false), answer);
}

TEST(Restore, KeepsIndentationThatTheEditIsAbout) {
  const Region region = region_of("a = 1\nb = 2\n");
  const std::string answer = "if x:\n    a = 1\n    b = 2\n";
  EXPECT_EQ(restore(region, answer, false), answer);
}

TEST(Restore, KeepsTrailingWhitespaceOfUnchangedLines) {
  const Region region = region_of("a  \nb\n\t\nc\n");
  EXPECT_EQ(restore(region, "a\nB\n\nc \n", false), "a  \nB\n\t\nc\n");
}

TEST(Restore, ChangesTrailingWhitespaceWhereTheInstructionIsAboutIt) {
  const Region region = region_of("a  \nb\n");
  EXPECT_EQ(restore(region, "a\nb\n", true), "a\nb\n");
}

TEST(Restore, TakesWhitespaceOffTheEndsOfNewLinesWhereNoOldOneHasIt) {
  EXPECT_EQ(restore(region_of("a\nb\n"), "x \n\t\nb\n", false), "x\n\nb\n");
  EXPECT_EQ(restore(region_of("a \nb\n"), "x \nb\n", false), "x \nb\n");
}

TEST(Restore, GivesTheRegionsTabsForSpacesAndSpacesForTabs) {
  const Region tabs = region_of("f {\n\ta\n\tif b {\n\t\tc\n\t}\n}\n");
  for (const std::string width : {"  ", "    ", "        "}) {
    const std::string answer =
        "f {\n" + width + "a\n" + width + "if b {\n" + width + width + "x\n" + width + "}\n}\n";
    EXPECT_EQ(restore(tabs, answer, false), "f {\n\ta\n\tif b {\n\t\tx\n\t}\n}\n");
  }
  const Region spaces = region_of("def f():\n  a\n  b\n");
  EXPECT_EQ(restore(spaces, "def f():\n\tx\n\tb\n", false), "def f():\n  x\n  b\n");
}

TEST(Restore, LeavesIndentationThatIsMixedOrSaysNothing) {
  const Region tabs = region_of("f {\n\ta\n}\n");
  for (const std::string answer :
       {"f {\n    x\n}\n", "f {\n\ta\n    b\n}\n", "f {\n   a\n b\n}\n"}) {
    EXPECT_EQ(restore(tabs, answer, false), answer);
  }
  EXPECT_EQ(restore(tabs, "f {\n    a\n}\n", true), "f {\n    a\n}\n");
}

TEST(Restore, GivesNothingForABlankAnswer) {
  EXPECT_EQ(restore(region_of("\n  a\n\n"), "\n \n", false), "");
}

TEST(Restore, FillsAnEmptyFileAndAnEmptyRange) {
  EXPECT_EQ(restore(region_of(""), "a\n", false), "a\n");
  EXPECT_EQ(restore(region_of("a\n", LineRange{2, 1}), "b\n", false), "b\n");
}

// What the model saw, given back, is the file, whatever its bytes, and for any selection.
TEST(Restore, TheIdentityAnswerGivesIdenticalBytes) {
  const unsigned seed = 20261123;
  SCOPED_TRACE("seed " + std::to_string(seed));
  tests::RandomText texts(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = texts.file(static_cast<workspace::TextEncoding>(i % 5));
    const auto file = TextFile::parse(bytes);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    const int lines = file->line_count();
    const int first = 1 + static_cast<int>(random() % static_cast<unsigned>(lines + 1));
    const int last =
        first - 1 + static_cast<int>(random() % static_cast<unsigned>(lines - first + 2));
    for (const LineRange range : {LineRange{1, lines}, LineRange{first, last}}) {
      const auto region = select_region(*file, range);
      ASSERT_TRUE(region.has_value()) << region.error().message;
      const std::string text = restore(*region, region->shown, false);
      const auto replaced = file->replace(range, text);
      ASSERT_TRUE(replaced.has_value()) << replaced.error().message;
      ASSERT_EQ(*replaced, bytes) << "file " << i << ", lines " << range.first << " to "
                                  << range.last;
    }
  }
}

TEST(ExactRegion, ShowsLinesToTheLastBlank) {
  const auto file = *workspace::TextFile::parse("a\n\n  b \n\nc");
  EXPECT_EQ(exact_region(file, {2, 4})->shown, "\n  b \n\n");
  EXPECT_EQ(exact_region(file, {5, 5})->shown, "c\n");
  EXPECT_EQ(exact_region(file, {6, 5})->shown, "");
  EXPECT_EQ(exact_region(file, {5, 6}).error().param, "selection.end_line");
}

TEST(RegionAt, CountsCharactersFromOne) {
  const auto file = *workspace::TextFile::parse("aé→x\nb\n");
  const auto cursor = [&](int line, std::optional<int> column) {
    const auto region = region_at(file, {line, column});
    return region ? static_cast<int>(*region->cursor) : -1;
  };
  EXPECT_EQ(cursor(1, 1), 0);
  EXPECT_EQ(cursor(1, 3), 3);
  EXPECT_EQ(cursor(1, 4), 6);
  EXPECT_EQ(cursor(1, 5), 7);
  EXPECT_EQ(cursor(1, std::nullopt), 7);
  EXPECT_EQ(cursor(1, 6), -1);
  EXPECT_EQ(cursor(1, 0), -1);
  EXPECT_EQ(cursor(3, 1), 0);  // after the last line
  EXPECT_EQ(cursor(3, 2), -1);
  EXPECT_EQ(cursor(4, 1), -1);
  EXPECT_EQ(cursor(0, 1), -1);
  EXPECT_EQ(region_at(file, {2, 3}).error().param, "cursor.column");
  EXPECT_EQ(region_at(file, {9, 1}).error().param, "cursor.line");
}

}  // namespace
}  // namespace cromwell::edit
