// A patch that a person changed: hunk headers that count again what stands beneath them.
#include "clients/cli/edited_patch.h"

#include <gtest/gtest.h>

#include "workspace/diff.h"

namespace cromwell::cli {
namespace {

constexpr const char* kOld = "a\nb\n\nc\nd\ne\nf\ng\nh\ni\n";
constexpr const char* kHead = "--- a/f\n+++ b/f\n";

TEST(Recount, LeavesASoundPatchAsItIs) {
  for (const char* changed : {"a\nB\n\nc\nd\ne\nf\ng\nh\ni\n", "A\nb\n\nc\nd\ne\nf\ng\nh\nI\nj\n",
                              "b\n\nc\nd\ne\nf\ng\nh\ni\n", "x\na\nb\n\nc\nd\ne\nf\ng\nh\ni"}) {
    const auto diff = workspace::make_diff(kOld, changed, "f");
    ASSERT_TRUE(diff);
    EXPECT_EQ(*workspace::apply_patch(kOld, recount(diff->patch)), changed);
  }
}

TEST(Recount, CountsLinesThatWereAddedOrTakenAway) {
  const std::string patch = std::string(kHead) +
                            "@@ -1,3 +1,3 @@\n a\n-b\n+B\n+by hand\n \n"
                            "@@ -8,2 +8,2 @@\n-g\n+G\n h\n";
  EXPECT_EQ(*workspace::apply_patch(kOld, recount(patch)),
            "a\nB\nby hand\n\nc\nd\ne\nf\nG\nh\ni\n");
}

TEST(Recount, PutsBackTheSpaceOfAnEmptyContextLine) {
  const std::string patch = std::string(kHead) + "@@ -2,3 +2,3 @@\n b\n\n-c\n+C\n";
  EXPECT_EQ(*workspace::apply_patch(kOld, recount(patch)), "a\nb\n\nC\nd\ne\nf\ng\nh\ni\n");
}

TEST(Recount, KnowsHunksThatOnlyAddAndALastLineWithoutItsNewline) {
  const std::string added = std::string(kHead) + "@@ -1,0 +2 @@\n+x\n+y\n";
  EXPECT_EQ(*workspace::apply_patch("a\nb\n", recount(added)), "a\nx\ny\nb\n");
  EXPECT_EQ(*workspace::apply_patch("a\n", recount(std::string(kHead) + "@@ -1 +1 @@\n-a\n+b")),
            "b\n");
}

TEST(Recount, LeavesWhatIsNoPatchForTheApplierToRefuse) {
  for (const char* text : {"", "nonsense", "--- a\n+++ b\n@@ x @@\n+y\n"}) {
    EXPECT_TRUE(!workspace::apply_patch("a\n", recount(text)) || std::string(text).empty()) << text;
  }
}

}  // namespace
}  // namespace cromwell::cli
