// Hunks of an answer while it is written: where they end, what they say, and that together they
// are the whole change.
#include "edit/hunk_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "edit/lines.h"

namespace cromwell::edit {
namespace {

using workspace::Hunk;

struct Streamed {
  std::vector<Hunk> hunks;
  std::vector<std::size_t> after;  // lines of the answer that each hunk took; its size at the end
};

Streamed stream(std::string_view old_text, std::string_view new_text,
                HunkStreamOptions options = {}) {
  HunkStream hunks(split_lines(old_text), options);
  Streamed result;
  std::size_t count = 0;
  const auto note = [&](std::optional<Hunk> hunk) {
    if (!hunk) return;
    result.hunks.push_back(std::move(*hunk));
    result.after.push_back(count);
  };
  for (std::string_view line : split_lines(new_text)) {
    ++count;
    note(hunks.add(line));
  }
  ++count;
  note(hunks.finish());
  return result;
}

// `old_text` with the hunks in place; what does not fit is a failure.
std::string patched(std::string_view old_text, const std::vector<Hunk>& hunks, int first_line = 1) {
  const auto old_lines = split_lines(old_text);
  std::string text;
  std::size_t at = 0;
  int new_line = first_line;
  const auto copy_to = [&](std::size_t end) {
    for (; at < end; ++at, ++new_line) text.append(old_lines[at]).append("\n");
  };
  for (const Hunk& hunk : hunks) {
    copy_to(static_cast<std::size_t>(hunk.old_start - first_line + (hunk.old_lines == 0 ? 1 : 0)));
    EXPECT_EQ(hunk.new_start + (hunk.new_lines == 0 ? 1 : 0), new_line);
    int removed = 0, added = 0;
    for (const std::string& line : hunk.lines) {
      if (line[0] == '-') {
        EXPECT_EQ(line.substr(1), std::string(old_lines.at(at++)) + "\n");
        ++removed;
      } else {
        EXPECT_EQ(line[0], '+');
        text += line.substr(1);
        ++added;
      }
    }
    EXPECT_EQ(removed, hunk.old_lines);
    EXPECT_EQ(added, hunk.new_lines);
    new_line += added;
  }
  copy_to(old_lines.size());
  return text;
}

constexpr const char* kOld = "a\nb\nc\nd\ne\nf\n";

TEST(HunkStream, SaysAChangeTwoLinesAfterItsEnd) {
  const Streamed s = stream(kOld, "a\nX\nc\nd\ne\nf\n");
  ASSERT_EQ(s.hunks.size(), 1U);
  EXPECT_EQ(s.after[0], 4U);
  EXPECT_THAT(s.hunks[0].lines, testing::ElementsAre("-b\n", "+X\n"));
  EXPECT_EQ(s.hunks[0].old_start, 2);
  EXPECT_EQ(s.hunks[0].new_start, 2);
}

TEST(HunkStream, NumbersAreTheFilesAndAsInAUnifiedDiff) {
  const Streamed s = stream(kOld, "a\nX\nb\nc\nf\n", {.first_line = 11});
  ASSERT_EQ(s.hunks.size(), 2U);
  EXPECT_EQ(s.hunks[0].old_start, 11);  // inserted behind line 11
  EXPECT_EQ(s.hunks[0].old_lines, 0);
  EXPECT_EQ(s.hunks[0].new_start, 12);
  EXPECT_EQ(s.hunks[1].old_start, 14);
  EXPECT_EQ(s.hunks[1].old_lines, 2);
  EXPECT_EQ(s.hunks[1].new_start, 14);  // deleted behind line 14
  EXPECT_EQ(s.hunks[1].new_lines, 0);
}

TEST(HunkStream, TheLastChangeEndsWithTheAnswer) {
  const Streamed s = stream(kOld, "a\nb\nc\nd\ne\nX\n");
  ASSERT_EQ(s.hunks.size(), 1U);
  EXPECT_EQ(s.after[0], 7U);
  EXPECT_THAT(stream(kOld, "a\nb\n").hunks.at(0).lines,
              testing::ElementsAre("-c\n", "-d\n", "-e\n", "-f\n"));
}

TEST(HunkStream, AnAnswerThatIsTheOldTextHasNone) {
  EXPECT_TRUE(stream(kOld, kOld).hunks.empty());
  EXPECT_TRUE(stream("", "").hunks.empty());
}

TEST(HunkStream, BracketsAloneAreNoWayBack) {
  const Streamed s = stream("f {\n  a\n}\n\ng {\n  b\n}\n\nh\n", "x {\n}\n\ng {\n  b\n}\n\nh\n");
  ASSERT_EQ(s.hunks.size(), 1U);
  EXPECT_EQ(s.after[0], 4U);  // "" and "g {"
  EXPECT_THAT(s.hunks[0].lines, testing::ElementsAre("-f {\n", "-  a\n", "+x {\n"));
}

TEST(HunkStream, TakesTheNearestWayBack) {
  const Streamed s = stream("p\nx = 1\ny = 2\nq\nx = 1\ny = 2\nr\n", "P\nx = 1\ny = 2\nq\n");
  EXPECT_THAT(s.hunks.at(0).lines, testing::ElementsAre("-p\n", "+P\n"));
}

TEST(HunkStream, TrailingWhitespaceIsNoChangeUnlessExact) {
  EXPECT_TRUE(stream("a  \nb\n", "a\nb \n").hunks.empty());
  EXPECT_EQ(stream("a  \nb\n", "a\nb \n", {.exact = true}).hunks.size(), 1U);
}

// Texts of few different lines, so that they meet again and again in the wrong places.
TEST(HunkStream, AllHunksTogetherLeadToTheNewText) {
  const unsigned seed = 20261125;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t n) { return random() % n; };
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t kinds = 1 + pick(12);
    const auto line = [&] {
      static constexpr const char* kLines[] = {"}", "",  "a", "b", "  c", "d e",
                                               "{", "f", "g", "h", "i",   "j"};
      return std::string(kLines[pick(kinds)]) + "\n";
    };
    std::vector<std::string> old_lines(pick(15));
    for (std::string& one : old_lines) one = line();
    std::string old_text, new_text;
    for (const std::string& one : old_lines) {
      old_text += one;
      const std::size_t what = pick(8);
      if (what == 0) continue;
      new_text += what == 1 ? line() : one;
      if (what == 2) new_text += line() + line();
    }
    const int first_line = 1 + static_cast<int>(pick(100));
    const Streamed s = stream(old_text, new_text, {.first_line = first_line, .exact = true});
    ASSERT_EQ(patched(old_text, s.hunks, first_line), new_text) << "round " << round;
    ASSERT_EQ(s.hunks.empty(), old_text == new_text) << "round " << round;
  }
}

TEST(HunkStream, WorkGrowsWithTheTextOnly) {
  const std::size_t lines = 200'000;
  std::string old_text, new_text;
  for (std::size_t i = 0; i < lines; ++i) {
    old_text += "same\n";
    new_text += i % 2 == 0 ? "same\n" : "other\n";
  }
  EXPECT_EQ(patched(old_text, stream(old_text, new_text).hunks), new_text);
}

}  // namespace
}  // namespace cromwell::edit
