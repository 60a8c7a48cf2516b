#include "edit/fill_prompt.h"

#include <gtest/gtest.h>

#include "tests/fakes/small_tokenizer.h"

namespace cromwell::edit {
namespace {

using tokenizer::TokenId;
using tokenizer::Tokenizer;
using Ids = std::vector<TokenId>;

std::shared_ptr<const Tokenizer> tokenizer_with(const std::vector<const char*>& special,
                                                bool adds_bos = false) {
  tokenizer::Vocabulary vocabulary = fakes::small_vocabulary();
  for (const char* spelling : special) {
    vocabulary.tokens.emplace_back(spelling);
    vocabulary.kinds.push_back(tokenizer::TokenKind::kControl);
  }
  if (adds_bos) {
    vocabulary.add_bos = true;
    vocabulary.bos = 263;  // <|endoftext|>
  }
  auto made = Tokenizer::create(std::move(vocabulary));
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

std::string shown(const FillPrompt& prompt, const Tokenizer& tokenizer) {
  return tokenizer.decode(prompt.ids);
}

const std::vector<const char*> kQwen = {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>",
                                        "<|file_sep|>"};

TEST(FillPrompt, PutsTheTextsBetweenTheTokensOfTheVocabulary) {
  const auto tokenizer = tokenizer_with(kQwen);
  const auto prompt = make_fill_prompt({.before = "a = ", .after = "\nb"}, 100, *tokenizer);
  ASSERT_TRUE(prompt);
  EXPECT_EQ(shown(*prompt, *tokenizer), "<|fim_prefix|>a = <|fim_suffix|>\nb<|fim_middle|>");
  EXPECT_TRUE(prompt->is_whole());
  EXPECT_TRUE(prompt->stop.empty());
}

TEST(FillPrompt, NeverMakesASpecialTokenOfTheText) {
  const auto tokenizer = tokenizer_with(kQwen);
  const std::string spelled = "<|fim_middle|><|im_end|>";
  const auto prompt = make_fill_prompt(
      {.before = spelled, .after = spelled, .notes = {{spelled, spelled}}}, 1000, *tokenizer);
  ASSERT_TRUE(prompt);
  int special = 0;
  for (const TokenId id : prompt->ids) special += tokenizer->is_special(id) ? 1 : 0;
  EXPECT_EQ(special, 3 + 2);  // the three, and what begins two files
}

TEST(FillPrompt, PutsOtherFilesFirstUnderTheTokenThatBeginsAFile) {
  const auto tokenizer = tokenizer_with(kQwen, true);
  const auto prompt = make_fill_prompt(
      {.file = "c.py", .before = "c", .after = "d", .notes = {{"a.py", "a"}, {"b.py", "b\n"}}},
      1000, *tokenizer);
  ASSERT_TRUE(prompt);
  EXPECT_EQ(shown(*prompt, *tokenizer),
            "<|endoftext|><|file_sep|>a.py\na\n<|file_sep|>b.py\nb\n<|file_sep|>c.py\n"
            "<|fim_prefix|>c<|fim_suffix|>d<|fim_middle|>");
}

TEST(FillPrompt, IsCutToItsBudgetFromTheFarEnds) {
  const auto tokenizer = tokenizer_with(kQwen);
  const FillText text{.before = std::string(500, 'x') + "near",
                      .after = "next" + std::string(500, 'y'),
                      .notes = {{"a", std::string(30, 'a')}}};
  for (int budget = kMinFillTokens; budget < 2400; budget += 7) {
    const auto prompt = make_fill_prompt(text, budget, *tokenizer);
    ASSERT_TRUE(prompt);
    EXPECT_LE(prompt->ids.size(), static_cast<std::size_t>(budget));
    const std::string all = shown(*prompt, *tokenizer);
    EXPECT_NE(all.find(budget < 24 ? "r<|fim_suffix|>n" : "near<|fim_suffix|>n"), std::string::npos)
        << all;
    const bool has_ends =
        all.find(text.before) != std::string::npos && all.find(text.after) != std::string::npos;
    EXPECT_EQ(prompt->is_cut, !has_ends) << budget;
    const bool has_note = all.find(text.notes[0].text) != std::string::npos;
    EXPECT_EQ(prompt->used.size(), has_note ? 1U : 0U) << budget;
    EXPECT_EQ(prompt->dropped.size(), has_note ? 0U : 1U) << budget;
  }
}

TEST(FillPrompt, KeepsTheLastNotesWhereNotAllHaveRoom) {
  const auto tokenizer = tokenizer_with(kQwen);
  const FillText text{.file = "f",
                      .before = "before",
                      .notes = {{"first", std::string(40, 'a')}, {"last", std::string(40, 'b')}}};
  const auto prompt = make_fill_prompt(text, 90, *tokenizer);
  ASSERT_TRUE(prompt);
  const std::string all = shown(*prompt, *tokenizer);
  EXPECT_NE(all.find("<|file_sep|>last\n"), std::string::npos) << all;
  EXPECT_EQ(all.find("first"), std::string::npos) << all;
  EXPECT_EQ(prompt->used, (std::vector<std::string>{"last"}));
  EXPECT_EQ(prompt->dropped, (std::vector<std::string>{"first"}));
  EXPECT_FALSE(prompt->is_cut);
}

TEST(FillPrompt, WithoutSuchTokensGoesOnWithTheTextAndEndsWhereTheRestBegins) {
  const auto tokenizer = tokenizer_with({});
  const auto prompt = make_fill_prompt(
      {.before = "def add(a, b):\n    return ", .after = "  # sum\n\n  }\n    return_all()\n"}, 200,
      *tokenizer);
  ASSERT_TRUE(prompt);
  EXPECT_EQ(shown(*prompt, *tokenizer), "def add(a, b):\n    return ");
  EXPECT_EQ(prompt->stop, (std::vector<std::string>{"\n    return_all()"}));
}

TEST(FillPrompt, HasATokenEvenWhereThereIsNoText) {
  const auto tokenizer = tokenizer_with({});
  const auto prompt = make_fill_prompt({}, 100, *tokenizer);
  ASSERT_TRUE(prompt);
  EXPECT_EQ(prompt->ids.size(), 1U);
}

TEST(FillPrompt, CutsNoCharacterInTwo) {
  const auto tokenizer = tokenizer_with(kQwen);
  std::string wide;
  for (int i = 0; i < 2000; ++i) wide += "\u20ac";
  const auto prompt = make_fill_prompt({.before = wide, .after = wide}, 64, *tokenizer);
  ASSERT_TRUE(prompt) << prompt.error().message;
  EXPECT_LE(prompt->ids.size(), 64U);
}

}  // namespace
}  // namespace cromwell::edit
