// Positions in UTF-16 and UTF-8, and texts that follow an editor's changes.
#include "clients/lsp/documents.h"

#include <gtest/gtest.h>

#include <random>

namespace cromwell::lsp {
namespace {

using nlohmann::json;

constexpr auto kUtf8 = PositionEncoding::kUtf8;
constexpr auto kUtf16 = PositionEncoding::kUtf16;
constexpr const char* kText = "a\xC3\xA9\xF0\x9F\x98\x80z\r\nsecond\rthird\n";  // a é 😀 z

TEST(TextPosition, CountsCodeUnitsOfTheEncoding) {
  EXPECT_EQ(offset_of(kText, {0, 1}, kUtf16), 1U);
  EXPECT_EQ(offset_of(kText, {0, 2}, kUtf16), 3U);
  EXPECT_EQ(offset_of(kText, {0, 4}, kUtf16), 7U);
  EXPECT_EQ(offset_of(kText, {0, 7}, kUtf8), 7U);
  EXPECT_EQ(file_place(kText, offset_of(kText, {0, 4}, kUtf16)).column, 3);
}

TEST(TextPosition, WithinACharacterIsBeforeIt) {
  EXPECT_EQ(offset_of(kText, {0, 3}, kUtf16), 3U);
  EXPECT_EQ(offset_of(kText, {0, 5}, kUtf8), 3U);
}

TEST(TextPosition, BeyondALineIsItsEndAndBeyondTheTextIsTheTextsEnd) {
  EXPECT_EQ(offset_of(kText, {0, 99}, kUtf16), 8U);
  EXPECT_EQ(offset_of(kText, {1, 99}, kUtf16), 16U);
  EXPECT_EQ(offset_of(kText, {3, 0}, kUtf16), std::string_view(kText).size());
  EXPECT_EQ(offset_of(kText, {99, 99}, kUtf16), std::string_view(kText).size());
  EXPECT_EQ(offset_of("", {0, 3}, kUtf16), 0U);
}

TEST(TextPosition, LeadsBackFromEachPlaceBetweenCharacters) {
  const std::string text = kText;
  for (const auto encoding : {kUtf8, kUtf16}) {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      const bool is_inside = at < text.size() && (text[at] & '\xC0') == '\x80';
      const bool is_in_crlf = at > 0 && text.substr(at - 1, 2) == "\r\n";
      if (is_inside || is_in_crlf) continue;
      EXPECT_EQ(offset_of(text, position_of(text, at, encoding), encoding), at);
    }
  }
}

json opened(const std::string& text) {
  return {{"textDocument", {{"uri", "u"}, {"text", text}, {"version", 1}}}};
}

json change_of(Position start, Position end, const std::string& text) {
  return {{"range",
           {{"start", {{"line", start.line}, {"character", start.character}}},
            {"end", {{"line", end.line}, {"character", end.character}}}}},
          {"text", text}};
}

json changed(const json& changes, int version = 2) {
  return {{"textDocument", {{"uri", "u"}, {"version", version}}}, {"contentChanges", changes}};
}

TEST(Documents, FollowChangesOneAfterTheOther) {
  Documents documents;
  ASSERT_TRUE(documents.open(opened("one\ntwo\n")));
  ASSERT_TRUE(documents.change(
      changed({change_of({0, 0}, {0, 3}, "1\n\xF0\x9F\x98\x80"), change_of({1, 2}, {2, 1}, "T")}),
      kUtf16));
  EXPECT_EQ(documents.find("u")->text, "1\n\xF0\x9F\x98\x80Two\n");
  EXPECT_EQ(documents.find("u")->version, 2);
  ASSERT_TRUE(documents.change(changed({{{"text", "whole"}}}, 3), kUtf16));
  EXPECT_EQ(documents.find("u")->text, "whole");
  documents.close(opened(""));
  EXPECT_EQ(documents.find("u"), nullptr);
}

// An editor that edits at random, in UTF-16, against its own copy of the text.
TEST(Documents, StayEqualToTheEditorsText) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  const std::vector<std::string> words = {"a",   "\n", "\r\n", "\xC3\xA9", "\xF0\x9F\x98\x80",
                                          "word"};
  Documents documents;
  std::string text = "x\n";
  ASSERT_TRUE(documents.open(opened(text)));
  for (int round = 0; round < 500; ++round) {
    const auto place = [&] {
      std::size_t at = random() % (text.size() + 1);
      while (at < text.size() && (text[at] & '\xC0') == '\x80') ++at;
      if (at > 0 && text.substr(at - 1, 2) == "\r\n") ++at;
      return at;
    };
    std::size_t begin = place();
    std::size_t end = place();
    if (end < begin) std::swap(begin, end);
    const std::string put = words[random() % words.size()];
    const json change =
        change_of(position_of(text, begin, kUtf16), position_of(text, end, kUtf16), put);
    text.replace(begin, end - begin, put);
    ASSERT_TRUE(documents.change(changed(json::array({change}), round), kUtf16));
    ASSERT_EQ(documents.find("u")->text, text) << "seed " << kSeed << ", round " << round;
  }
}

TEST(Documents, RefuseWhatIsNoChangeAndKeepTheText) {
  Documents documents;
  ASSERT_TRUE(documents.open(opened("text")));
  for (const json& changes :
       {json(3), json::array({3}), json::array({{{"text", 3}}}),
        json::array({change_of({0, 2}, {0, 1}, "")}), json::array({change_of({-1, 0}, {0, 0}, "")}),
        json::array({{{"text", std::string(kMaxDocumentBytes + 1, 'a')}}})}) {
    EXPECT_FALSE(documents.change(changed(changes), kUtf16));
    EXPECT_EQ(documents.find("u")->text, "text");
  }
  EXPECT_FALSE(documents.open({{"textDocument", {{"uri", "v"}}}}));
  EXPECT_FALSE(documents.open(json()));
}

}  // namespace
}  // namespace cromwell::lsp
