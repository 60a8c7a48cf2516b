#include "engine/loaded_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/gguf_vocabulary.h"
#include "tests/fakes/tiny_gguf.h"
#include "tests/model/test_model.h"

namespace cromwell::engine {
namespace {

using testing::HasSubstr;

// A vocabulary of two tokens with whatever `add` puts beside or in place of it.
template <class Add>
std::string vocabulary_error(Add&& add, bool with_tokens = true) {
  model::GgufWriter writer;
  writer.add_text("tokenizer.ggml.model", "gpt2");
  if (with_tokens) writer.add_texts("tokenizer.ggml.tokens", {"a", "b"});
  add(writer);
  const fakes::TempFile temp("vocabulary.gguf");
  if (!writer.write(temp.path())) return "cannot write";
  const auto file = model::GgufFile::open(temp.path());
  if (!file) return file.error().message;
  const auto vocabulary = read_vocabulary(**file);
  return vocabulary ? "" : vocabulary.error().message;
}

TEST(GgufVocabulary, ReadsAFileThatHoldsNothingElse) {
  const fakes::TempFile temp("vocabulary.gguf");
  ASSERT_TRUE(fakes::write_tiny_vocabulary(temp.path()));
  const auto file = model::GgufFile::open(temp.path());
  ASSERT_TRUE(file) << file.error().message;
  auto vocabulary = read_vocabulary(**file);
  ASSERT_TRUE(vocabulary) << vocabulary.error().message;
  EXPECT_EQ(vocabulary->tokens.size(), 300U);
  EXPECT_EQ(vocabulary->kinds.size(), 300U);
  EXPECT_EQ(vocabulary->pre_tokenizer, "smollm");
  EXPECT_EQ(vocabulary->bos, 1);
  EXPECT_EQ(vocabulary->eos, 2);
  EXPECT_FALSE(vocabulary->unk);
  const auto tokenizer = tokenizer::Tokenizer::create(*std::move(vocabulary));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const std::string text = "def f(self):\n    return 'ü 中 \x01'\n";
  const auto encoding = (*tokenizer)->encode(text);
  EXPECT_TRUE(encoding.unencodable.empty());
  EXPECT_EQ((*tokenizer)->decode(encoding.ids), text);
  EXPECT_LT(encoding.ids.size(), text.size());
}

TEST(GgufVocabulary, ReadsSentencePieceWithItsDefaults) {
  const auto read = [](const auto& add) {
    model::GgufWriter writer;
    writer.add_text("tokenizer.ggml.model", "llama");
    writer.add_texts("tokenizer.ggml.tokens", {"<unk>", "▁a"});
    add(writer);
    const fakes::TempFile temp("vocabulary.gguf");
    EXPECT_TRUE(writer.write(temp.path()));
    return read_vocabulary(**model::GgufFile::open(temp.path()));
  };
  const auto usual = read([](auto& w) { w.add_float32s("tokenizer.ggml.scores", {0, -1.5F}); });
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_THAT(usual->scores, testing::ElementsAre(0, -1.5F));
  EXPECT_TRUE(usual->add_dummy_prefix);
  EXPECT_TRUE(usual->add_bos);
  const auto without = read([](auto& w) {
    w.add_float32s("tokenizer.ggml.scores", {0, 0});
    w.add_bool("tokenizer.ggml.add_space_prefix", false);
    w.add_bool("tokenizer.ggml.add_bos_token", false);
  });
  EXPECT_FALSE(without->add_dummy_prefix);
  EXPECT_FALSE(without->add_bos);
  const auto error = [&](const auto& add) { return read(add).error().message; };
  EXPECT_THAT(error([](auto&) {}), HasSubstr("key tokenizer.ggml.scores: is missing"));
  EXPECT_THAT(error([](auto& w) { w.add_float32s("tokenizer.ggml.scores", {1}); }),
              HasSubstr("key tokenizer.ggml.scores: has 1 elements, expected one for each"));
  EXPECT_THAT(error([](auto& w) {
                w.add_float32s("tokenizer.ggml.scores", {0, 0});
                w.add_bool("tokenizer.ggml.remove_extra_whitespaces", true);
              }),
              HasSubstr("key tokenizer.ggml.remove_extra_whitespaces: is true"));
  EXPECT_THAT(error([](auto& w) {
                w.add_float32s("tokenizer.ggml.scores", {0, 0});
                w.add_int32s("tokenizer.ggml.precompiled_charsmap", {1});
              }),
              HasSubstr("key tokenizer.ggml.precompiled_charsmap: is not supported"));
}

TEST(GgufVocabulary, SentencePieceWithoutIdsHasTheUsualOnes) {
  const auto read = [](const std::vector<std::string>& tokens, const char* model, bool with_eos) {
    model::GgufWriter writer;
    writer.add_text("tokenizer.ggml.model", model);
    writer.add_texts("tokenizer.ggml.tokens", tokens);
    writer.add_float32s("tokenizer.ggml.scores", std::vector<float>(tokens.size()));
    if (with_eos) writer.add_uint32("tokenizer.ggml.eos_token_id", 3);
    const fakes::TempFile temp("vocabulary.gguf");
    EXPECT_TRUE(writer.write(temp.path()));
    return *read_vocabulary(**model::GgufFile::open(temp.path()));
  };
  const std::vector<std::string> tokens = {"<unk>", "<s>", "</s>", "a"};
  const auto usual = read(tokens, "llama", false);
  EXPECT_EQ(usual.bos, 1);
  EXPECT_EQ(usual.eos, 2);
  EXPECT_EQ(usual.unk, 0);
  EXPECT_EQ(read(tokens, "llama", true).eos, 3);
  const auto two = read({"<unk>", "<s>"}, "llama", false);
  EXPECT_EQ(two.bos, 1);
  EXPECT_FALSE(two.eos);
  EXPECT_FALSE(read(tokens, "gpt2", false).bos);
}

TEST(GgufVocabulary, NamesTheKeyThatDoesNotFit) {
  EXPECT_EQ(vocabulary_error([](auto&) {}), "");
  EXPECT_THAT(vocabulary_error([](auto&) {}, false),
              HasSubstr("key tokenizer.ggml.tokens: is missing"));
  EXPECT_THAT(vocabulary_error([](auto& w) { w.add_uint32("tokenizer.ggml.eos_token_id", 2); }),
              HasSubstr("key tokenizer.ggml.eos_token_id: is 2, expected less than the 2 tokens"));
  EXPECT_THAT(vocabulary_error([](auto& w) { w.add_int32s("tokenizer.ggml.token_type", {1}); }),
              HasSubstr("key tokenizer.ggml.token_type: has 1 elements, expected one for each"));
  EXPECT_THAT(vocabulary_error([](auto& w) { w.add_int32s("tokenizer.ggml.token_type", {1, 7}); }),
              HasSubstr("key tokenizer.ggml.token_type: type 7 of token 1, expected 1 to 6"));
  EXPECT_THAT(vocabulary_error([](auto& w) { w.add_int32s("tokenizer.ggml.merges", {1}); }),
              HasSubstr("key tokenizer.ggml.merges: is an array of int32, expected strings"));
  EXPECT_THAT(vocabulary_error([](auto& w) { w.add_text("tokenizer.ggml.add_bos_token", "no"); }),
              HasSubstr("key tokenizer.ggml.add_bos_token: is a string, expected a bool"));
}

TEST(LoadModel, OpensATinyModelWithItsTokenizerAndTemplate) {
  const fakes::TempFile temp("tiny.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(temp.path()));
  const auto loaded = load_model(temp.path(), {.threads = 1, .context_limit = 128});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->name, "Tiny Random");
  EXPECT_EQ(loaded->context_length, 128);
  EXPECT_EQ(loaded->model->vocab_size(), loaded->tokenizer->vocab_size());
  ASSERT_TRUE(loaded->chat_template);
  EXPECT_EQ(loaded->chat_template->name(), "chatml");
  EXPECT_THAT(loaded->description, HasSubstr("mostly Q8_0, context 128"));
  EXPECT_THAT(loaded->description, HasSubstr("1 thread"));
}

TEST(LoadDraftModel, IsAnotherModelOfTheSameVocabulary) {
  const fakes::TempFile main_file("main.gguf"), draft_file("draft.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(main_file.path()));
  const fakes::TinyModel tiny{.type = kernels::WeightType::kQ4_0, .layers = 1};
  ASSERT_TRUE(fakes::write_tiny_gguf(draft_file.path(), tiny));
  auto main = load_model(main_file.path(), {.threads = 1});
  ASSERT_TRUE(main) << main.error().message;
  const auto draft = load_draft_model(draft_file.path(), {.threads = 1}, *main);
  ASSERT_TRUE(draft) << draft.error().message;
  EXPECT_EQ((*draft)->vocab_size(), main->model->vocab_size());

  tokenizer::Vocabulary other = main->tokenizer->vocabulary();
  const auto refusal = [&] {
    LoadedModel changed;
    changed.name = "changed";
    changed.tokenizer = *tokenizer::Tokenizer::create(other);
    return load_draft_model(draft_file.path(), {.threads = 1}, changed).error();
  };
  const std::string last = other.tokens.back();
  other.tokens.back() = "another";
  EXPECT_EQ(refusal().code, base::ErrorCode::kBadModel);
  EXPECT_THAT(refusal().message,
              HasSubstr("draft.gguf: key tokenizer.ggml.tokens: token 299 is \"" + last +
                        "\", expected \"another\" as in changed"));
  other.tokens.back() = last;
  other.tokens.push_back("one more");
  other.kinds.push_back(tokenizer::TokenKind::kNormal);
  EXPECT_THAT(refusal().message, HasSubstr("token 300 is none, expected \"one more\""));
}

TEST(LoadModel, LocksTheWeightsInMemoryWhereAsked) {
  const auto locked_bytes = [] {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmLck:")) return std::stoul(line.substr(6)) << 10;
    }
    return 0UL;
  };
  const fakes::TempFile temp("tiny.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(temp.path()));
  for (const bool lock : {false, true}) {
    const auto loaded = load_model(temp.path(), {.threads = 1, .lock_weights = lock});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(locked_bytes() > 0, lock);
  }
}

TEST(LoadModel, RefusesATokenizerOfAnotherSizeThanTheEmbedding) {
  const fakes::TinyModel tiny;
  model::GgufWriter writer;
  fakes::tiny::add_configuration(tiny, writer);
  fakes::tiny::add_tensors(tiny, writer);
  writer.add_text("tokenizer.ggml.model", "gpt2");
  writer.add_text("tokenizer.ggml.pre", "gpt-2");
  writer.add_texts("tokenizer.ggml.tokens", {"a", "b"});
  writer.add_texts("tokenizer.ggml.merges", {});
  const fakes::TempFile temp("mismatch.gguf");
  ASSERT_TRUE(writer.write(temp.path()));
  EXPECT_THAT(load_model(temp.path(), {.threads = 1}).error().message,
              HasSubstr("key tokenizer.ggml.tokens: has 2 tokens, expected the 300 rows of "
                        "token_embd.weight"));
}

TEST(LoadModel, KeepsAnUnknownTemplateAsAnErrorUnlessItWasAskedFor) {
  model::GgufWriter writer = fakes::tiny_writer();
  writer.add_text("tokenizer.chat_template", "{{ something_else }}");
  const fakes::TempFile temp("template.gguf");
  ASSERT_TRUE(writer.write(temp.path()));
  const auto loaded = load_model(temp.path(), {.threads = 1});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_FALSE(loaded->chat_template);
  EXPECT_FALSE(loaded->chat_template_error.message.empty());
  EXPECT_TRUE(load_model(temp.path(), {.threads = 1, .chat_template = "chatml"})->chat_template);
  EXPECT_FALSE(load_model(temp.path(), {.threads = 1, .chat_template = "no such template"}));
}

TEST(LoadModel, NamesTheFileThatCannotBeOpened) {
  EXPECT_THAT(load_model("/no/such.gguf", {}).error().message,
              HasSubstr("/no/such.gguf: cannot open: No such file"));
  const fakes::TempFile temp("text.gguf");
  std::ofstream(temp.path()) << "not a model at all";
  EXPECT_THAT(load_model(temp.path(), {}).error().message, HasSubstr("is not a GGUF file"));
}

TEST(LoadModel, OpensTheRealModel) {
  const auto path = model::test_model_path();
  if (!path) GTEST_SKIP() << model::no_test_model();
  const auto loaded = load_model(*path, {.threads = 1});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->model->vocab_size(), 49152);
  EXPECT_EQ(loaded->context_length, 8192);
  ASSERT_TRUE(loaded->chat_template);
  EXPECT_EQ(loaded->chat_template->name(), "chatml");
}

}  // namespace
}  // namespace cromwell::engine
