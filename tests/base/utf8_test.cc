#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cromwell::base {
namespace {

TEST(Utf8, EachCodePointSurvivesEncodingAndDecoding) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(c, text);
    const Utf8Char decoded = decode_utf8(text);
    ASSERT_TRUE(decoded.valid) << std::uint32_t{c};
    ASSERT_EQ(decoded.code_point, c);
    ASSERT_EQ(static_cast<std::size_t>(decoded.length), text.size());
  }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsAboveTheLastPlane) {
  for (const char* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, NamesTheFirstBrokenByte) {
  EXPECT_EQ(find_invalid_utf8("12345678abc\xC3\xA9"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("12345678abc\xC3"), 11u);
  EXPECT_EQ(find_invalid_utf8("\xC3\xA9\xFF"), 2u);
}

TEST(Utf8, TellsACutCharacterFromABrokenOne) {
  EXPECT_TRUE(decode_utf8("\xE2\x82").cut);
  EXPECT_FALSE(decode_utf8("\xE2\x41").cut);
  EXPECT_EQ(decode_utf8("\xF0\x9F\x41").length, 2);
}

TEST(Utf8, ReplacesBrokenPartsAndKeepsTheRest) {
  EXPECT_EQ(replace_invalid_utf8("a\xE2\x82z\xC3\xA9\xFF"), "a\uFFFDz\xC3\xA9\uFFFD");
  EXPECT_EQ(replace_invalid_utf8(""), "");
  std::string surrogate;
  append_utf8(0xD800, surrogate);
  EXPECT_EQ(surrogate, "\uFFFD");
}

TEST(Utf8Prefix, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("a\u00e9b", 9), "a\u00e9b");
  EXPECT_EQ(utf8_prefix("a\u00e9b", 3), "a\u00e9");
  EXPECT_EQ(utf8_prefix("a\u00e9b", 2), "a");
  EXPECT_EQ(utf8_prefix("\U0001F600", 3), "");
}

}  // namespace
}  // namespace cromwell::base
