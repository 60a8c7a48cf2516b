// Three-way merges, beside what `git merge-file` makes of the same texts.
#include "workspace/merge.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/fakes/temp_folder.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;

base::Result<std::string> merge(const std::string& base, const std::string& ours,
                                const std::string& theirs) {
  return merge_texts({.base = base, .ours = ours, .theirs = theirs, .file = "notes.txt"});
}

TEST(Merge, JoinsChangesOfDifferentLines) {
  const auto merged = merge("1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n");
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_EQ(*merged, "one\n2\n3\n4\nfive\n");
}

TEST(Merge, KeepsEndingsMarksAndBytesThatAreNoUtf8) {
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_EQ(*merge(mark + "1\r\n2\n3\r\n4", mark + "one\r\n2\n3\r\n4", mark + "1\r\n2\n3\r\nfour"),
            mark + "one\r\n2\n3\r\nfour");
  EXPECT_EQ(*merge("caf\xe9\n2\n3\n4\n", "caf\xe9s\n2\n3\n4\n", "caf\xe9\n2\n3\n\xe9\n"),
            "caf\xe9s\n2\n3\n\xe9\n");
}

TEST(Merge, RefusesChangesOfTheSameLine) {
  const auto merged = merge("1\n2\n3\n", "1\ntwo\n3\n", "1\nzwei\n3\n");
  ASSERT_FALSE(merged.has_value());
  EXPECT_EQ(merged.error().code, ErrorCode::kFileChanged);
  EXPECT_NE(merged.error().message.find("both changed the same lines"), std::string::npos);
}

TEST(Merge, RefusesWhatItCannotJoinByLines) {
  const std::string wide(
      "\xff\xfe"
      "1\0\n\0",
      6);
  EXPECT_EQ(merge(wide, wide + std::string("2\0", 2), wide).error().code, ErrorCode::kFileChanged);
  EXPECT_EQ(merge("1\n",
                  "\xef\xbb\xbf"
                  "1\n",
                  "2\n")
                .error()
                .code,
            ErrorCode::kFileChanged);
  EXPECT_EQ(merge("1\n", std::string("\0\1", 2), "2\n").error().code, ErrorCode::kUnsupportedFile);
}

class MergeTools : public testing::Test {
 protected:
  // What git makes of them; none where it finds a conflict.
  std::optional<std::string> merged_by_git(const std::string& base, const std::string& ours,
                                           const std::string& theirs) {
    folder_.write("base", base);
    folder_.write("ours", ours);
    folder_.write("theirs", theirs);
    const std::string command = "cd '" + folder_.str() + "' && git merge-file -q ours base theirs";
    if (std::system(command.c_str()) != 0) return std::nullopt;
    return folder_.read("ours");
  }

  tests::TempFolder folder_;
};

TEST_F(MergeTools, AgreeOnRandomTexts) {
  const unsigned seed = 20260305;
  std::mt19937 random(seed);
  const auto some_text = [&] {
    std::string text;
    for (int line = 0; line < 14; ++line) text += {static_cast<char>('a' + line), '\n'};
    return text;
  };
  const auto changed = [&](std::string text) {
    for (unsigned i = 0; i < 1 + random() % 2; ++i) {
      const std::size_t at = random() % (text.size() / 2) * 2;
      if (random() % 3 == 0) {
        text.erase(at, 2);
      } else {
        text.insert(at, std::string(1, static_cast<char>('0' + random() % 10)) + "\n");
      }
    }
    if (random() % 4 == 0) text.pop_back();
    return text;
  };
  int clean = 0;
  const int rounds = 120;
  for (int round = 0; round < rounds; ++round) {
    const std::string base = some_text();
    const std::string ours = changed(base);
    const std::string theirs = changed(base);
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const auto expected = merged_by_git(base, ours, theirs);
    const auto merged = merge(base, ours, theirs);
    ASSERT_EQ(merged.has_value(), expected.has_value()) << ours << "--\n" << theirs;
    if (!merged) continue;
    ++clean;
    EXPECT_EQ(*merged, *expected);
  }
  EXPECT_GT(clean, 20);
  EXPECT_LT(clean, rounds);
}

}  // namespace
}  // namespace cromwell::workspace
