#include "workspace/text_file.h"

#include <gtest/gtest.h>

#include "tests/workspace/random_text.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;
using tests::RandomText;

TextFile parsed(const std::string& bytes) {
  auto file = TextFile::parse(bytes);
  EXPECT_TRUE(file.has_value()) << file.error().message;
  return file ? *file : *TextFile::parse("");
}

std::string replaced(const std::string& bytes, LineRange range, const std::string& text) {
  const auto out = parsed(bytes).replace(range, text);
  EXPECT_TRUE(out.has_value()) << out.error().message;
  return out ? *out : "";
}

std::vector<std::string> all_lines(const TextFile& file) {
  std::vector<std::string> lines;
  for (int i = 1; i <= file.line_count(); ++i) lines.emplace_back(file.line(i));
  return lines;
}

// The bytes of each line with its ending, found unit by unit, after the mark.
std::vector<std::string> raw_lines(const TextFile& file) {
  const bool little = file.encoding() == TextEncoding::kUtf16Le;
  const std::size_t unit = little || file.encoding() == TextEncoding::kUtf16Be ? 2 : 1;
  const std::string& bytes = file.bytes();
  const auto is = [&](std::size_t at, char c) {
    if (at + unit > bytes.size()) return false;
    return unit == 1 ? bytes[at] == c
                     : bytes[at + (little ? 0 : 1)] == c && bytes[at + (little ? 1 : 0)] == 0;
  };
  std::vector<std::string> lines;
  std::size_t begin = byte_order_mark(file.encoding()).size();
  for (std::size_t at = begin; at < bytes.size(); at += unit) {
    if (is(at, '\n') || (is(at, '\r') && !is(at + unit, '\n'))) {
      lines.push_back(bytes.substr(begin, at + unit - begin));
      begin = at + unit;
    }
  }
  if (begin < bytes.size()) lines.push_back(bytes.substr(begin));
  return lines;
}

TEST(TextFile, CountsLinesAsEditorsDo) {
  EXPECT_EQ(parsed("").line_count(), 0);
  EXPECT_EQ(parsed("a").line_count(), 1);
  EXPECT_EQ(parsed("a\n").line_count(), 1);
  EXPECT_EQ(parsed("\n").line_count(), 1);
  EXPECT_EQ(parsed("a\r\n\rb\n\n").line_count(), 4);
  EXPECT_EQ(parsed("a\r\r\nb").line_count(), 3);
}

TEST(TextFile, NamesTheEncoding) {
  EXPECT_EQ(parsed("caf\u00e9\n").encoding(), TextEncoding::kUtf8);
  EXPECT_EQ(parsed("\uFEFFx\n").encoding(), TextEncoding::kUtf8Bom);
  EXPECT_EQ(parsed("caf\xE9\n").encoding(), TextEncoding::kLatin1);
  EXPECT_EQ(parsed(std::string("\xFF\xFEx\0\n\0", 6)).encoding(), TextEncoding::kUtf16Le);
  EXPECT_EQ(parsed(std::string("\xFE\xFF\0x\0\n", 6)).encoding(), TextEncoding::kUtf16Be);
}

TEST(TextFile, ShowsEveryEncodingAsUtf8) {
  EXPECT_EQ(parsed("\uFEFFx\r\n").text({1, 1}), "x\n");
  EXPECT_EQ(parsed("caf\xE9").text({1, 1}), "caf\u00e9");
  const std::string wide =
      std::string("\xFF\xFE", 2) + *from_utf8(TextEncoding::kUtf16Le, "\U0001F600\r\n\u0a0a");
  EXPECT_EQ(parsed(wide).text({1, 2}), "\U0001F600\n\u0a0a");
}

TEST(TextFile, RefusesBinaryContent) {
  for (const std::string& bytes :
       {std::string("a\0b", 3),
        std::string("\x7F"
                    "ELF\x02\x01\x01"),
        std::string("\x01\x02\x03"), std::string("\xFF\xFE\0\0x\0\0\0", 8),
        std::string("\xFF\xFEx", 3), std::string("\xFF\xFE\0\xD8x\0", 6),
        std::string("\xFE\xFF\xDC\0", 4), std::string("\x89PNG\r\n\x1A\n\0", 9),
        std::string("\xC3\x28\x05", 3)}) {
    const auto file = TextFile::parse(bytes);
    ASSERT_FALSE(file.has_value()) << testing::PrintToString(bytes);
    EXPECT_EQ(file.error().code, ErrorCode::kUnsupportedFile);
  }
}

TEST(TextFile, AcceptsAFewRawControlCharactersInUtf8) {
  EXPECT_EQ(parsed("map <C-a> \x01" + std::string(64, 'x') + "\n").line_count(), 1);
}

TEST(TextFile, NewLinesTakeTheEndingOfTheLineTheyReplaceElseTheDominantOne) {
  EXPECT_EQ(replaced("a\r\nb\nc\r\n", {2, 2}, "B\n"), "a\r\nB\nc\r\n");
  EXPECT_EQ(replaced("a\r\nb\nc\r\n", {2, 2}, "B\nB2\n"), "a\r\nB\nB2\r\nc\r\n");
  EXPECT_EQ(replaced("a\r\nb\r\n", {2, 1}, "new\n"), "a\r\nnew\r\nb\r\n");
  EXPECT_EQ(replaced("a\rb\r", {3, 2}, "new"), "a\rb\rnew\r");
}

TEST(TextFile, KeepsLinesThatTheNewTextRepeats) {
  EXPECT_EQ(replaced("a\r\nb\nc\r\n", {1, 3}, "a\nX\nb\nc\n"), "a\r\nX\r\nb\nc\r\n");
}

TEST(TextFile, KeepsWhetherTheFileEndsWithANewline) {
  EXPECT_EQ(replaced("a\nb", {2, 2}, "c\n"), "a\nc");
  EXPECT_EQ(replaced("a\nb\n", {2, 2}, "c"), "a\nc\n");
  EXPECT_EQ(replaced("a", {2, 1}, "b\n"), "a\nb");
  EXPECT_EQ(replaced("a\nb", {2, 2}, ""), "a");
  EXPECT_EQ(replaced("a\nb\n", {2, 2}, ""), "a\n");
  EXPECT_EQ(replaced("", {1, 0}, "a\n"), "a\n");
  EXPECT_EQ(replaced("", {1, 0}, "a"), "a");
  EXPECT_EQ(replaced("a", {1, 1}, ""), "");
}

TEST(TextFile, ReadsWindowsEndingsInNewText) {
  EXPECT_EQ(replaced("a\nb\n", {1, 1}, "x\r\ny\r\n"), "x\ny\nb\n");
}

TEST(TextFile, NeverMakesOneEndingOutOfTwo) {
  EXPECT_EQ(all_lines(parsed(replaced("a\rb\n\nc\n", {2, 2}, ""))),
            (std::vector<std::string>{"a", "", "c"}));
  EXPECT_EQ(all_lines(parsed(replaced("a\rb\nc\n", {2, 2}, "\n"))),
            (std::vector<std::string>{"a", "", "c"}));
}

TEST(TextFile, RefusesWhatTheEncodingCannotHold) {
  const auto out = parsed("caf\xE9\n").replace({1, 1}, "\u4e2d\n");
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().code, ErrorCode::kUnsupportedFile);
  EXPECT_EQ(replaced("caf\xE9\n", {1, 1}, "\u00fc\n"), "\xFC\n");
}

TEST(TextFile, RefusesRangesAndTextThatAreNone) {
  const TextFile file = parsed("a\nb\n");
  for (const LineRange range : {LineRange{0, 0}, {1, 3}, {2, 0}, {4, 3}, {-1, 1}}) {
    const auto out = file.replace(range, "x\n");
    ASSERT_FALSE(out.has_value()) << range.first << ".." << range.last;
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidRequest);
  }
  EXPECT_FALSE(file.replace({1, 1}, "\xFF").has_value());
  EXPECT_FALSE(file.replace({1, 1}, std::string(1, '\0')).has_value());
  EXPECT_FALSE(file.replace({1, 1}, "\uFEFFa\n").has_value());
}

TEST(TextFile, AnIdentityEditLeavesIdenticalBytes) {
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    const TextEncoding encoding = random.encoding();
    const std::string bytes = random.file(encoding);
    const TextFile file = parsed(bytes);
    ASSERT_EQ(file.bytes(), bytes);
    const int first = 1 + random.below(file.line_count() + 1);
    const int last = first - 1 + random.below(file.line_count() - first + 2);
    const auto out = file.replace({first, last}, file.text({first, last}));
    ASSERT_TRUE(out.has_value()) << out.error().message;
    ASSERT_EQ(*out, bytes) << "lines " << first << " to " << last;
  }
}

TEST(TextFile, AnEditGivesTheLinesItSaysAndKeepsTheBytesOfAllOthers) {
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    const TextEncoding encoding = random.encoding();
    const std::string bytes = random.file(encoding);
    const TextFile file = parsed(bytes);
    const int first = 1 + random.below(file.line_count() + 1);
    const int last = first - 1 + random.below(file.line_count() - first + 2);
    const std::string text = random.edited(file.text({first, last}), file.encoding());
    const auto out = file.replace({first, last}, text);
    ASSERT_TRUE(out.has_value()) << out.error().message;

    std::vector<std::string> expected = all_lines(file);
    const std::vector<std::string> inserted = all_lines(parsed(text));
    expected.erase(expected.begin() + first - 1, expected.begin() + last);
    expected.insert(expected.begin() + first - 1, inserted.begin(), inserted.end());
    const TextFile result = parsed(*out);
    ASSERT_EQ(all_lines(result), expected);
    const bool last_is_blank = !expected.empty() && expected.back().empty();
    if (file.line_count() > 0 && !expected.empty() && !last_is_blank) {
      ASSERT_EQ(result.ends_with_newline(), file.ends_with_newline());
    }
    const std::vector<std::string> raw = raw_lines(file);
    std::string before(byte_order_mark(file.encoding()));
    std::string after;
    for (int i = 0; i < first - 1; ++i) before += raw[static_cast<std::size_t>(i)];
    for (int i = last; i < file.line_count(); ++i) after += raw[static_cast<std::size_t>(i)];
    // The ending before the range goes with an unended last line.
    if (last == file.line_count() && inserted.empty() && !file.ends_with_newline()) {
      while (before.ends_with('\n') || before.ends_with('\r') || before.ends_with('\0')) {
        before.pop_back();
      }
    }
    ASSERT_TRUE(out->starts_with(before));
    ASSERT_TRUE(out->ends_with(after));
  }
}

}  // namespace
}  // namespace cromwell::workspace
