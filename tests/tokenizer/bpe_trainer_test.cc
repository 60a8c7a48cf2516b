#include "tokenizer/bpe_trainer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tokenizer/hf_json.h"
#include "tokenizer/hf_json_writer.h"
#include "tokenizer/pre_tokenizer.h"

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kPlenty = std::size_t{64} << 20;

WordCounts words_of(std::string_view text, std::size_t max_bytes = kPlenty) {
  WordCounts counts(max_bytes);
  const auto pre_tokenizer = PreTokenizer::create("qwen2");
  pre_tokenizer->split(text, [&](std::string_view word) { counts.add(word); });
  return counts;
}

// Made by tests/golden/tokenizer_train_golden.py.
TEST(BpeTrainer, LearnsTheMergesOfTheReference) {
  std::ifstream file(CROMWELL_TEST_DATA "/trained.json");
  const auto cases = nlohmann::json::parse(file);
  ASSERT_FALSE(cases.empty());
  for (const auto& expected : cases) {
    const WordCounts counts = words_of(expected["text"].get<std::string>());
    const auto vocabulary = train_bpe(counts.sorted(), {.vocab_size = expected["vocab_size"],
                                                        .min_count = expected["min_count"],
                                                        .special = {"<PAD>", "<EOS>"}});
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    EXPECT_EQ(vocabulary->merges, expected["merges"].get<std::vector<std::string>>());
    EXPECT_EQ(vocabulary->tokens, expected["tokens"].get<std::vector<std::string>>());
    EXPECT_EQ(vocabulary->kinds[0], TokenKind::kControl);
    EXPECT_EQ(vocabulary->kinds[2], TokenKind::kNormal);
  }
}

TEST(BpeTrainer, RefusesASizeWithoutRoomForTheBytes) {
  const auto vocabulary =
      train_bpe(words_of("a b").sorted(), {.vocab_size = 257, .special = {"<PAD>", "<EOS>"}});
  ASSERT_FALSE(vocabulary);
  EXPECT_EQ(vocabulary.error().code, base::ErrorCode::kInvalidRequest);
  EXPECT_NE(vocabulary.error().message.find("at least 258"), std::string::npos);
}

TEST(BpeTrainer, NoWordsGiveTheBytesAlone) {
  const auto vocabulary = train_bpe({}, {.vocab_size = 400});
  ASSERT_TRUE(vocabulary);
  EXPECT_EQ(vocabulary->tokens.size(), 256U);
  EXPECT_TRUE(vocabulary->merges.empty());
}

TEST(BpeTrainer, EndsWhenToldTo) {
  int told = 0;
  const auto vocabulary =
      train_bpe(words_of("abab abab abab").sorted(), {.progress = [&](int) { return ++told < 2; }});
  ASSERT_FALSE(vocabulary);
  EXPECT_EQ(vocabulary.error().code, base::ErrorCode::kCancelled);
  EXPECT_EQ(told, 2);
}

TEST(HfJsonWriter, WritesWhatIsReadBackTheSame) {
  for (const char* rule : {"gpt-2", "smollm", "llama-bpe", "qwen2"}) {
    auto vocabulary = train_bpe(words_of("x = f(x) + 12\n    y = f(y)").sorted(),
                                {.min_count = 1, .pre_tokenizer = rule, .special = {"<EOS>"}});
    ASSERT_TRUE(vocabulary);
    const auto json = write_hf_json(*vocabulary);
    ASSERT_TRUE(json) << json.error().message;
    const auto read = read_hf_json(*json);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->tokens, vocabulary->tokens);
    EXPECT_EQ(read->kinds, vocabulary->kinds);
    EXPECT_EQ(read->merges, vocabulary->merges);
    EXPECT_EQ(read->pre_tokenizer, rule);
    EXPECT_TRUE(Tokenizer::create(*read));
  }
}

TEST(HfJsonWriter, RefusesWhatTheFormatCannotSay) {
  Vocabulary sentence_piece;
  sentence_piece.model = "llama";
  EXPECT_FALSE(write_hf_json(sentence_piece));
  Vocabulary unnamed;
  const auto refused = write_hf_json(unnamed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace cromwell::tokenizer
