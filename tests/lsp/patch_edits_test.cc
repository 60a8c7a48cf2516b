// Diffs as an editor's replacements of lines.
#include "clients/lsp/patch_edits.h"

#include <gtest/gtest.h>

namespace cromwell::lsp {
namespace {

constexpr const char* kHead = "--- a/f\n+++ b/f\n";

TEST(PatchEdits, AreTheChangedLinesWithoutTheirContext) {
  const auto edits = patch_edits(std::string(kHead) +
                                 "@@ -1,5 +1,6 @@\n a\n-b\n+B\n+B2\n c\n-d\n e\n"
                                 "@@ -9,0 +11,2 @@\n+x\n+y\n");
  ASSERT_TRUE(edits);
  ASSERT_EQ(edits->size(), 3U);
  EXPECT_EQ((*edits)[0].first_line, 1);
  EXPECT_EQ((*edits)[0].end_line, 2);
  EXPECT_EQ((*edits)[0].new_text, "B\nB2\n");
  EXPECT_EQ((*edits)[1].first_line, 3);
  EXPECT_EQ((*edits)[1].end_line, 4);
  EXPECT_EQ((*edits)[1].new_text, "");
  EXPECT_EQ((*edits)[2].first_line, 9);
  EXPECT_EQ((*edits)[2].end_line, 9);
  EXPECT_EQ((*edits)[2].new_text, "x\ny\n");
}

TEST(PatchEdits, KnowALastLineWithoutANewline) {
  const auto edits = patch_edits(std::string(kHead) +
                                 "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
                                 "\\ No newline at end of file\n");
  ASSERT_TRUE(edits);
  ASSERT_EQ(edits->size(), 1U);
  EXPECT_EQ(edits->front().new_text, "b");
}

TEST(PatchEdits, OfNoPatchAreNoneAndOfAnythingElseAnError) {
  EXPECT_TRUE(patch_edits("")->empty());
  for (const char* text :
       {"x", "--- a\n", "--- a\n+++ b\nx\n", "--- a\n+++ b\n@@ x @@\n",
        "--- a\n+++ b\n@@ -1 +1 @@\nx\n", "--- a\n+++ b\n@@ -99999999999 +1 @@\n"}) {
    EXPECT_FALSE(patch_edits(text)) << text;
  }
}

}  // namespace
}  // namespace cromwell::lsp
