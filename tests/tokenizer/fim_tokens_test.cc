// Tokens for filling a gap: found by every family's spelling, and the prompt made of them.
#include "tokenizer/fim_tokens.h"

#include <gtest/gtest.h>

#include "tests/tokenizer/test_vocabulary.h"

namespace cromwell::tokenizer {
namespace {

using Ids = std::vector<TokenId>;

TEST(FimTokens, AreFoundInTheSpellingOfEachFamily) {
  const std::vector<std::vector<std::string>> families = {
      {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},
      {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},
      {"<fim-prefix>", "<fim-suffix>", "<fim-middle>"},
      {"<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"},
      {"▁<PRE>", "▁<SUF>", "▁<MID>"}};
  for (const auto& family : families) {
    const auto tokens = find_fim_tokens(*make_tokenizer(byte_vocabulary(family)));
    ASSERT_TRUE(tokens) << family.front();
    EXPECT_EQ(tokens->prefix, 256) << family.front();
    EXPECT_EQ(tokens->suffix, 257) << family.front();
    EXPECT_EQ(tokens->middle, 258) << family.front();
  }
}

TEST(FimTokens, AreNoneWhereOneIsMissingOrOfAnotherFamily) {
  for (const std::vector<std::string>& specials :
       {std::vector<std::string>{},
        {"<fim_prefix>", "<fim_suffix>"},
        {"<fim_prefix>", "<fim_suffix>", "<|fim_middle|>"}}) {
    EXPECT_FALSE(find_fim_tokens(*make_tokenizer(byte_vocabulary(specials))));
  }
}

TEST(FimTokens, OfASentencePieceVocabularyMayBeNormalTokens) {
  Vocabulary vocabulary{.model = "llama"};
  vocabulary.tokens = {"<unk>", "▁<PRE>", "▁<SUF>", "▁<MID>", "▁"};
  vocabulary.kinds.assign(5, TokenKind::kNormal);
  vocabulary.kinds[0] = TokenKind::kUnknown;
  vocabulary.scores.assign(5, 0.0F);
  vocabulary.unk = 0;
  const auto tokens = find_fim_tokens(*make_tokenizer(std::move(vocabulary)));
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->middle, 3);
}

TEST(FimTokens, WhatModelsWriteAfterTheMiddleEndsTheText) {
  const auto tokenizer = make_tokenizer(byte_vocabulary({"<|fim_pad|>", "<|fim_middle|>"}));
  EXPECT_TRUE(tokenizer->is_end_of_generation(256));
  EXPECT_FALSE(tokenizer->is_end_of_generation(257));
}

TEST(FimPrompt, PutsBothTextsBeforeTheMiddle) {
  auto vocabulary = byte_vocabulary({"<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<s>"});
  vocabulary.bos = 259;
  vocabulary.add_bos = true;
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const auto tokens = *find_fim_tokens(*tokenizer);
  EXPECT_EQ(*fim_prompt(tokens, *tokenizer, "a", "b"), (Ids{259, 256, 'a', 257, 'b', 258}));
  EXPECT_EQ(*fim_prompt(tokens, *tokenizer, "", ""), (Ids{259, 256, 257, 258}));
}

TEST(FimPrompt, MarkersInTheTextsStayText) {
  const auto tokenizer =
      make_tokenizer(byte_vocabulary({"<fim_prefix>", "<fim_suffix>", "<fim_middle>"}));
  const auto ids = *fim_prompt(*find_fim_tokens(*tokenizer), *tokenizer, "<fim_middle>", "x");
  EXPECT_EQ(std::count(ids.begin(), ids.end(), 258), 1);
  EXPECT_EQ(ids.back(), 258);
}

TEST(FimPrompt, NamesTheTextThatTheVocabularyCannotSay) {
  Vocabulary vocabulary = byte_vocabulary({"<fim_prefix>", "<fim_suffix>", "<fim_middle>"});
  vocabulary.tokens['x'] = "xx";
  const auto tokenizer = make_tokenizer(std::move(vocabulary));
  const auto ids = fim_prompt(*find_fim_tokens(*tokenizer), *tokenizer, "ab", "ax");
  ASSERT_FALSE(ids);
  EXPECT_EQ(ids.error().code, base::ErrorCode::kUnencodableText);
  EXPECT_NE(ids.error().message.find("after the gap"), std::string::npos) << ids.error().message;
}

}  // namespace
}  // namespace cromwell::tokenizer
