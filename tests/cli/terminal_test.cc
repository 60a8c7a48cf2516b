// What is shown to people: coloured diffs, and nothing that plays with the terminal.
#include "clients/cli/terminal.h"

#include <gtest/gtest.h>

namespace cromwell::cli {
namespace {

constexpr const char* kPatch =
    "--- a/f.py\n+++ b/f.py\n@@ -1,2 +1,2 @@\n a\n--- b\n+++ c\n\\ No newline at end of file\n";

TEST(ShowDiff, AddsNothingWithoutColour) { EXPECT_EQ(show_diff(kPatch, false), kPatch); }

TEST(ShowDiff, ColoursLinesByWhatTheyAre) {
  EXPECT_EQ(show_diff(kPatch, true),
            "\x1b[1m--- a/f.py\x1b[0m\n"
            "\x1b[1m+++ b/f.py\x1b[0m\n"
            "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n"
            " a\n"
            "\x1b[31m--- b\x1b[0m\n"  // a line removed, not a header
            "\x1b[32m+++ c\x1b[0m\n"
            "\\ No newline at end of file\n");
}

TEST(ShowDiff, ShowsControlCharactersOnATerminalAsText) {
  constexpr const char* kHostile = "@@ -1 +1 @@\n+a\x1b]0;x\x07\r\n";
  const std::string shown = show_diff(kHostile, true);
  EXPECT_NE(shown.find("a\\x1b]0;x\\x07\x1b[0m\n"), std::string::npos) << shown;
  EXPECT_EQ(show_diff(kHostile, false), "@@ -1 +1 @@\n+a\\x1b]0;x\\x07\n");
}

TEST(ShowDiff, ShowsNothingForAnEmptyPatch) { EXPECT_EQ(show_diff("", true), ""); }

TEST(Printable, KeepsNewlinesTabsAndUtf8) { EXPECT_EQ(printable("a\n\té\x7f"), "a\n\té\\x7f"); }

TEST(Printable, ShowsC1ControlsOfUtf8AsText) {
  EXPECT_EQ(printable("a\xC2\x9b"
                      "31m\xC2\xA0\xC3\x9B"),
            "a\\x9b31m\xC2\xA0\xC3\x9B");
}

TEST(PrintableName, StaysInItsLine) {
  EXPECT_EQ(printable_name("a\nb\tc\x1b d.py"), "a\\x0ab\\x09c\\x1b d.py");
}

}  // namespace
}  // namespace cromwell::cli
