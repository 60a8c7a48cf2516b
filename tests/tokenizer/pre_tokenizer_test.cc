// The hand-written scanners against the regular expressions they stand for, run by PCRE2.
#include "tokenizer/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <random>

#include "base/utf8.h"

namespace cromwell::tokenizer {
namespace {

constexpr const char kGpt2[] =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr const char kLlama3[] =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char kQwen2[] =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Reference {
  const char* name;
  std::vector<const char*> patterns;
};

std::vector<std::string> pieces_of(const PreTokenizer& pre_tokenizer, const std::string& text) {
  std::vector<std::string> pieces;
  pre_tokenizer.split(text, [&](std::string_view piece) { pieces.emplace_back(piece); });
  return pieces;
}

// Characters of every class, from before Unicode 14: the installed PCRE2 must know them.
std::string random_text(std::mt19937& random) {
  constexpr std::u32string_view kAlphabet =
      U"aZ' "
      U"\n\r\t\v19_.,-+"
      U"éßſKΩжאا中文字한ก\u0301\u093F٣½Ⅷ²𝟘🙂€—…«\u00A0\u2003\u3000\u2028"
      U"\u0085"
      U"\u200B\uFEFFstmdrevlSTMDREVL''''";
  std::string text;
  for (auto length = random() % 24; length > 0; --length) {
    const char32_t c = kAlphabet[random() % kAlphabet.size()];
    for (int repeat = random() % 8 == 0 ? 5 : 1; repeat > 0; --repeat) {
      base::append_utf8(c, text);
    }
  }
  return text;
}

TEST(PreTokenizer, CutsAsTheRegularExpressionsDo) {
  const Reference references[] = {
      {"gpt-2", {kGpt2}},
      {"smollm", {R"(\p{N})", kGpt2}},
      {"llama-bpe", {kLlama3}},
      {"qwen2", {kQwen2}},
      {"deepseek-coder",
       {R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", "[一-龥ࠀ-一가-퟿]+", R"(\p{N})"}},
  };
  constexpr unsigned kSeed = 3;
  for (const Reference& reference : references) {
    std::vector<PreTokenizerStep> steps;
    for (const char* pattern : reference.patterns) steps.push_back({.pattern = pattern});
    const auto ours = PreTokenizer::create(reference.name);
    const auto theirs = PreTokenizer::create(steps);
    ASSERT_TRUE(ours);
    ASSERT_TRUE(theirs) << theirs.error().message;
    std::mt19937 random(kSeed);
    for (int round = 0; round < 20000; ++round) {
      const std::string text = random_text(random);
      ASSERT_EQ(pieces_of(*ours, text), pieces_of(*theirs, text))
          << reference.name << ", seed " << kSeed << ": " << testing::PrintToString(text);
    }
  }
}

TEST(PreTokenizer, PiecesOfBrokenUtf8AreTheWholeText) {
  constexpr unsigned kSeed = 5;
  std::mt19937 random(kSeed);
  for (const char* name : {"gpt-2", "smollm", "llama-bpe", "qwen2", "deepseek-coder"}) {
    const auto pre_tokenizer = PreTokenizer::create(name);
    ASSERT_TRUE(pre_tokenizer);
    for (int round = 0; round < 2000; ++round) {
      std::string text(random() % 30, '\0');
      for (char& byte : text) byte = static_cast<char>(random());
      std::string joined;
      for (const std::string& piece : pieces_of(*pre_tokenizer, text)) {
        ASSERT_FALSE(piece.empty());
        joined += piece;
      }
      ASSERT_EQ(joined, text) << name << ", seed " << kSeed;
    }
  }
}

TEST(PreTokenizer, FollowsTheNewestUnicodeThatTheReferenceFollows) {
  // U+16D68 became a letter in Unicode 16, U+16FF4 a digit (for the Digits splitter) in 17.
  const auto gpt2 = PreTokenizer::create("gpt-2");
  const auto smollm = PreTokenizer::create("smollm");
  ASSERT_TRUE(gpt2 && smollm);
  const std::string letter = "\U00016D68", digit = "\U00016FF4";
  EXPECT_EQ(pieces_of(*gpt2, "a" + letter).size(), 1u);
  EXPECT_EQ(pieces_of(*gpt2, "." + digit).size(), 1u);
  EXPECT_EQ(pieces_of(*smollm, "." + digit).size(), 2u);
}

TEST(PreTokenizer, APatternThatExplodesEndsSoon) {
  const auto pre_tokenizer = PreTokenizer::create({{.pattern = "(a+)+b"}});
  ASSERT_TRUE(pre_tokenizer);
  const std::string text(40, 'a');
  EXPECT_EQ(pieces_of(*pre_tokenizer, text), std::vector<std::string>{text});
}

TEST(PreTokenizer, WhereATextMayBeCutBothSidesHaveTheirOwnPieces) {
  constexpr unsigned kSeed = 11;
  std::mt19937 random(kSeed);
  const std::string parts[] = {"a",  "B",  "\n",  "\n",   "\r\n",     " ",   "  ",
                               "\t", ";",  "'s",  "12",   "_",        "{",   "}",
                               "é",  "中", "x\n", "\n\n", "\xC2\x85", "\xFF"};
  for (const char* name :
       {"gpt-2", "smollm", "starcoder", "qwen2", "llama-bpe", "deepseek-coder"}) {
    const auto rule = PreTokenizer::create(name);
    ASSERT_TRUE(rule);
    int cuts = 0;
    for (int round = 0; round < 2000; ++round) {
      std::string text;
      for (int i = 0; i < 12; ++i) text += parts[random() % std::size(parts)];
      const auto whole = pieces_of(*rule, text);
      for (std::size_t at = 0; at <= text.size(); ++at) {
        if (!rule->may_cut(text, at)) continue;
        ++cuts;
        auto pieces = pieces_of(*rule, text.substr(0, at));
        for (auto& piece : pieces_of(*rule, text.substr(at))) {
          pieces.push_back(std::move(piece));
        }
        ASSERT_EQ(pieces, whole) << name << " at " << at << " of " << testing::PrintToString(text);
      }
    }
    EXPECT_GT(cuts, 100) << name;
  }
}

}  // namespace
}  // namespace cromwell::tokenizer
