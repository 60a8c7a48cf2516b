#include "engine/tokenizer_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/gguf_vocabulary.h"
#include "engine/loaded_model.h"
#include "tests/fakes/tiny_gguf.h"
#include "tokenizer/hf_json_writer.h"

namespace cromwell::engine {
namespace {

using testing::HasSubstr;

constexpr const char* kText = "def f(self):\n    return 'ü 中'\n";

// The tiny model's file, and its vocabulary as a tokenizer.json.
class TokenizerFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fakes::write_tiny_gguf(model_.path()));
    auto vocabulary = read_vocabulary(**model::GgufFile::open(model_.path()));
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    own_ = *std::move(vocabulary);
    write(own_);
  }

  void write(const tokenizer::Vocabulary& vocabulary) {
    const auto json = tokenizer::write_hf_json(vocabulary);
    ASSERT_TRUE(json) << json.error().message;
    std::ofstream(json_.path()) << *json;
  }

  auto load(const std::string& model) {
    return load_model(model, {.threads = 1, .tokenizer = json_.path()});
  }

  const fakes::TempFile model_{"model.gguf"};
  const fakes::TempFile json_{"tokenizer.json"};
  tokenizer::Vocabulary own_;
};

TEST_F(TokenizerFile, GivesTheSameIdsAndEndsAsTheModelsOwnVocabulary) {
  const auto own = load_model(model_.path(), {.threads = 1});
  const auto loaded = load(model_.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->tokenizer->encode(kText).ids, own->tokenizer->encode(kText).ids);
  EXPECT_EQ(loaded->tokenizer->vocabulary().eos, own_.eos);
  EXPECT_EQ(loaded->tokenizer->vocabulary().bos, own_.bos);
  EXPECT_EQ(loaded->chat_template->name(), own->chat_template->name());
}

TEST_F(TokenizerFile, ServesAModelWithoutAVocabulary) {
  const fakes::TinyModel tiny;
  model::GgufWriter writer;
  fakes::tiny::add_configuration(tiny, writer);
  fakes::tiny::add_tensors(tiny, writer);
  const fakes::TempFile bare("bare.gguf");
  ASSERT_TRUE(writer.write(bare.path()));
  EXPECT_FALSE(load_model(bare.path(), {.threads = 1}));
  const auto loaded = load(bare.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto encoding = loaded->tokenizer->encode(kText);
  EXPECT_EQ(loaded->tokenizer->decode(encoding.ids), kText);
}

TEST_F(TokenizerFile, MayHaveFewerTokensThanTheModelHasRowsButNotMore) {
  tokenizer::Vocabulary shorter = own_;
  while (shorter.kinds.back() == tokenizer::TokenKind::kUnused) {
    shorter.tokens.pop_back();
    shorter.kinds.pop_back();
  }
  ASSERT_LT(shorter.tokens.size(), own_.tokens.size());
  write(shorter);
  const auto loaded = load(model_.path());
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->tokenizer->vocab_size(), loaded->model->vocab_size());

  tokenizer::Vocabulary longer = own_;
  longer.tokens.push_back("one more");
  longer.kinds.push_back(tokenizer::TokenKind::kUserDefined);
  write(longer);
  EXPECT_THAT(load(model_.path()).error().message,
              HasSubstr("has 301 tokens, expected at most the 300 rows of token_embd.weight"));
}

TEST_F(TokenizerFile, IsNamedWhereItCannotBeRead) {
  std::ofstream(json_.path()) << "{";
  const base::Error damaged = load(model_.path()).error();
  EXPECT_EQ(damaged.code, base::ErrorCode::kBadModel);
  EXPECT_THAT(damaged.message, HasSubstr(json_.path()));
  const auto missing = load_model(model_.path(), {.threads = 1, .tokenizer = "/no/such.json"});
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("/no/such.json"));
}

}  // namespace
}  // namespace cromwell::engine
