#include "api/line_limit.h"

#include <gtest/gtest.h>

namespace cromwell::api {
namespace {

// All of the text that was shown when it comes byte by byte, as one piece must give it too.
std::string shown(const std::string& text, LineLimitOptions options, double elapsed_ms = 0) {
  LineLimit whole(options);
  std::string at_once = whole.push(text, elapsed_ms) + whole.finish();
  LineLimit limit(options);
  std::string all;
  for (const char c : text) all += limit.push(std::string(1, c), elapsed_ms);
  all += limit.finish();
  EXPECT_EQ(all, at_once);
  EXPECT_EQ(limit.ended(), whole.ended());
  return all;
}

TEST(LineLimit, LetsEverythingThroughWhereNothingIsAsked) {
  EXPECT_EQ(shown("a\n\nb\n", {}, 1e9), "a\n\nb\n");
}

TEST(LineLimit, EndsBeforeALineThatIsIndentedLess) {
  EXPECT_EQ(shown("x = 1\n    y = 2\n  z", {.min_indent = 4}), "x = 1\n    y = 2");
  EXPECT_EQ(shown("x\n\ty\nz", {.min_indent = 1}), "x\n\ty");
  EXPECT_EQ(shown("x\n    y\n\n    z", {.min_indent = 4}), "x\n    y");  // a blank line
}

TEST(LineLimit, SaysNothingOfTheFirstLine) {
  EXPECT_EQ(shown("x", {.min_indent = 4}), "x");
  EXPECT_EQ(shown("x\n    y", {.min_indent = 4}), "x\n    y");
}

TEST(LineLimit, HoldsALinesBeginningBackUntilItIsKnownToStay) {
  LineLimit limit({.min_indent = 2});
  EXPECT_EQ(limit.push("a\n ", 0), "a");
  EXPECT_EQ(limit.push(" ", 0), "");
  EXPECT_EQ(limit.push("b", 0), "\n  b");
  EXPECT_EQ(limit.push("\n  ", 0), "");
  EXPECT_EQ(limit.finish(), "\n  ");
  EXPECT_FALSE(limit.ended());
}

TEST(LineLimit, EndsAtTheFirstEndOfALineAfterItsTime) {
  LineLimit limit({.max_ms = 100});
  EXPECT_EQ(limit.push("a\nb", 50), "a\nb");
  EXPECT_EQ(limit.push("c", 150), "c");
  EXPECT_FALSE(limit.ended());
  EXPECT_EQ(limit.push("d\ne", 160), "d");
  EXPECT_TRUE(limit.ended());
  EXPECT_EQ(limit.push("f", 0) + limit.finish(), "");
}

}  // namespace
}  // namespace cromwell::api
