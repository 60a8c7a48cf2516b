// Lines that leave code out: known in every comment style, filled where it is certain with what.
#include "edit/elision.h"

#include <gtest/gtest.h>

namespace cromwell::edit {
namespace {

constexpr const char* kOld = "def f(a):\n    b = a\n    c = b\n    d = c\n    return d\n";

TEST(LeavesCodeOut, KnowsItInEveryCommentStyle) {
  for (const char* line :
       {"# ...", "    # ... rest unchanged", "// ... existing code ...", "/* ... */",
        "  {/* ... existing code ... */}", "<!-- rest of the file -->", "-- existing code", "; ...",
        "% ... same as before", "(* ... *)", "{- rest of the function -}",
        "\"\"\"... rest of the code ...\"\"\"", "' existing code", "REM existing code",
        " * The rest of the class remains the same", "# … as before", "#...",
        "return d  # rest of the code remains the same", "f();  // ... existing code"}) {
    EXPECT_TRUE(leaves_code_out(line, true)) << line;
  }
}

TEST(LeavesCodeOut, TakesCommentsAndCodeForWhatTheyAre) {
  for (const char* line : {"# the rest is computed here", "// existing users first", "x = '...'",
                           "f(...args)", "# see the other module", "*args", "rest of the code",
                           "--i;", "'existing'", "url = 'https://existing.org'", ""}) {
    EXPECT_FALSE(leaves_code_out(line, true)) << line;
  }
}

TEST(LeavesCodeOut, AnEllipsisAloneIsPythonsOwn) {
  EXPECT_FALSE(leaves_code_out("    ...", true));
  EXPECT_TRUE(leaves_code_out("    ...", false));
}

TEST(FillElisions, PutsTheOldLinesBetweenTwoThatAreThereOnce) {
  EXPECT_EQ(fill_elisions(kOld, "def f(a):\n    # ... rest unchanged\n    return d\n", true), kOld);
  EXPECT_EQ(fill_elisions(kOld, "x = 1\ndef f(a):\n    # ...\n\n    d = c\n    return 1\n", true),
            "x = 1\ndef f(a):\n    b = a\n    c = b\n\n    d = c\n    return 1\n");
}

TEST(FillElisions, BlankLinesAroundTheCommentAreNotDoubled) {
  const std::string old_text = "a\n\nb\n\n\nc\n";
  EXPECT_EQ(fill_elisions(old_text, "a\n\n# ...\n\n\nc\nd\n", true), old_text + "d\n");
  EXPECT_EQ(fill_elisions(old_text, "a\n# ...\n\nc\n", true), old_text);
  EXPECT_EQ(fill_elisions("a\n\nb\n", "a\n\n# ...\n\nb\n", true), "a\n\nb\n");
}

TEST(FillElisions, AtTheEdgesTheOldTextEndsWhatIsLeftOut) {
  EXPECT_EQ(fill_elisions(kOld, "def f(a):\n    b = a\n    # rest of the function\n", true), kOld);
  EXPECT_EQ(fill_elisions(kOld, "# existing code\n    return d\nx = 1\n", true),
            std::string(kOld) + "x = 1\n");
}

TEST(FillElisions, LeavesWhatIsNotCertainAsItIs) {
  const std::string cases[] = {
      "def g(a):\n    # ...\n    return d\n",  // the line before is new
      "def f(a):\n    # ...\n    return x\n",  // the line after is new
      "    return d\n    # ...\n    b = a\n",  // the wrong way round
      "    b = a\n    # ...\n    c = b\n",     // nothing is left out
      "    d = c\n    # ...\n    return d\n    b = a\n    # ...\n    d = c\n"};
  for (const std::string& answer : cases) EXPECT_EQ(fill_elisions(kOld, answer, true), answer);
  const std::string twice = "a\nx\na\ny\n";
  EXPECT_EQ(fill_elisions(twice, "a\n# ...\ny\n", true), "a\n# ...\ny\n");
}

TEST(FillElisions, ALineThatTheOldTextHasIsNone) {
  const std::string old_text = "a\n# ...\nb\nc\n";
  EXPECT_EQ(fill_elisions(old_text, "a\n# ...\nc\n", true), "a\n# ...\nc\n");
}

TEST(FillElisions, SeveralAreFilledInTheirOrder) {
  EXPECT_EQ(fill_elisions(kOld, "# ...\n    c = b\n    x = 1\n    d = c\n# ...\n", true),
            "def f(a):\n    b = a\n    c = b\n    x = 1\n    d = c\n    return d\n");
}

}  // namespace
}  // namespace cromwell::edit
