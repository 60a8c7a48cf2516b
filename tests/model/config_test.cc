#include "model/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <variant>

#include "model/weights.h"
#include "tests/model/gguf_bytes.h"

namespace cromwell::model {
namespace {

using testing::HasSubstr;

using Value =
    std::variant<std::monostate, std::uint32_t, float, double, std::string, std::vector<bool>>;
using Keys = std::map<std::string, Value>;

// A sound configuration with some keys replaced, or taken away by std::monostate.
base::Result<ModelConfig> read_with(const Keys& changes) {
  Keys keys = {{"general.architecture", std::string("llama")},
               {"llama.block_count", 2U},
               {"llama.context_length", 512U},
               {"llama.embedding_length", 192U},
               {"llama.feed_forward_length", 256U},
               {"llama.attention.head_count", 6U},
               {"llama.attention.head_count_kv", 2U},
               {"llama.attention.layer_norm_rms_epsilon", 1e-5F},
               {"llama.vocab_size", 300U}};
  for (const auto& [key, value] : changes) keys[key] = value;
  GgufWriter writer;
  for (const auto& [key, value] : keys) {
    if (const auto* number = std::get_if<std::uint32_t>(&value)) writer.add_uint32(key, *number);
    if (const auto* real = std::get_if<float>(&value)) writer.add_float32(key, *real);
    if (const auto* wide = std::get_if<double>(&value)) {
      writer.add_value(key,
                       {.type = GgufType::kFloat64, .bits = std::bit_cast<std::uint64_t>(*wide)});
    }
    if (const auto* text = std::get_if<std::string>(&value)) writer.add_text(key, *text);
    if (const auto* flags = std::get_if<std::vector<bool>>(&value)) writer.add_bools(key, *flags);
  }
  const ExactBytes bytes(writer.header());
  const auto file = parse(bytes);
  if (!file) return file.error();
  return read_config(**file);
}

std::string error_with(const Keys& changes) {
  const auto config = read_with(changes);
  return config ? "" : config.error().message;
}

TEST(Config, ReadsTheNumbersAndTheirDefaults) {
  const auto config = read_with({});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->head_dim, 32);
  EXPECT_EQ(config->q_dim(), 192);
  EXPECT_EQ(config->kv_dim(), 64);
  EXPECT_EQ(config->rope_dim, 32);
  EXPECT_EQ(config->rope_base, 10000);
  EXPECT_EQ(config->rope_scale, 1);
  EXPECT_EQ(config->ffn_gate, FfnGate::kSilu);
}

TEST(Config, ReadsWhatAFileMayAdd) {
  const auto config = read_with({{"llama.attention.key_length", 64U},
                                 {"llama.attention.value_length", 64U},
                                 {"llama.rope.dimension_count", 16U},
                                 {"llama.rope.freq_base", 1e6F},
                                 {"llama.rope.scaling.type", std::string("linear")},
                                 {"llama.rope.scaling.factor", 4.0F},
                                 {"cromwell.ffn_gate", std::string("sigmoid")}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->head_dim, 64);
  EXPECT_EQ(config->q_dim(), 384);
  EXPECT_EQ(config->rope_dim, 16);
  EXPECT_EQ(config->rope_base, 1e6);
  EXPECT_EQ(config->rope_scale, 0.25);
  EXPECT_EQ(config->ffn_gate, FfnGate::kSigmoid);
}

TEST(Config, NamesTheKeyThatIsMissing) {
  for (const char* key :
       {"general.architecture", "llama.block_count", "llama.context_length",
        "llama.embedding_length", "llama.feed_forward_length", "llama.attention.head_count",
        "llama.attention.layer_norm_rms_epsilon", "llama.vocab_size"}) {
    EXPECT_THAT(error_with({{key, {}}}), HasSubstr(std::string("key ") + key + ": is missing"));
  }
}

TEST(Config, RefusesNumbersOutsideTheirLimits) {
  const struct {
    const char* key;
    Value value;
    const char* expected;
  } cases[] = {
      {"llama.block_count", 0U, "is 0, expected 1 to 1024"},
      {"llama.block_count", 1025U, "is 1025, expected 1 to 1024"},
      {"llama.context_length", 0U, "is 0, expected 1 to"},
      {"llama.context_length", ~0U, "is 4294967295, expected 1 to"},
      {"llama.embedding_length", 0U, "is 0, expected 32 to 65536"},
      {"llama.embedding_length", 200U, "is 200, expected a multiple of 32"},
      {"llama.feed_forward_length", 33U, "is 33, expected a multiple of 32"},
      {"llama.vocab_size", 0U, "is 0, expected 1 to"},
      {"llama.attention.head_count", 0U, "is 0, expected 1 to 1024"},
      {"llama.attention.head_count", 10U, "is 10, expected a divisor of 192"},
      {"llama.attention.head_count", 96U, "llama.attention.key_length: is 2, expected 16 to 256"},
      {"llama.attention.head_count_kv", 0U, "is 0, expected 1 to 6"},
      {"llama.attention.head_count_kv", 4U, "is 4, expected a divisor of the 6 query heads"},
      {"llama.attention.head_count_kv", 12U, "is 12, expected 1 to 6"},
      {"llama.attention.key_length", 24U, "is 24, expected a multiple of 16"},
      {"llama.attention.key_length", 512U, "is 512, expected 16 to 256"},
      {"llama.attention.value_length", 16U, "differs from the key length of 32"},
      {"llama.attention.layer_norm_rms_epsilon", 0.0F, "expected more than 0"},
      {"llama.attention.layer_norm_rms_epsilon", NAN, "expected more than 0"},
      {"llama.rope.freq_base", 0.0F, "expected 1 or more"},
      {"llama.rope.freq_base", INFINITY, "expected 1 or more"},
      {"llama.rope.dimension_count", 34U, "is 34, expected 2 to 32"},
      {"llama.rope.dimension_count", 3U, "is 3, expected an even number"},
      {"llama.expert_count", 8U, "is 8, expected 0 to 0"},
      {"llama.block_count", std::string("two"), "is a string, expected an integer"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(error_with({{c.key, c.value}}), HasSubstr(c.expected)) << c.key;
  }
}

TEST(Config, RefusesWhatIsNotSupportedByName) {
  EXPECT_THAT(error_with({{"general.architecture", std::string("mamba")}}),
              HasSubstr("\"mamba\" is not supported, expected one of llama, qwen2, qwen3"));
  EXPECT_THAT(error_with({{"llama.rope.scaling.type", std::string("longrope")}}),
              HasSubstr("llama.rope.scaling.type: \"longrope\" is not supported"));
  EXPECT_THAT(error_with({{"llama.rope.scaling.type", std::string("linear")}}),
              HasSubstr("llama.rope.scaling.factor: is missing"));
  EXPECT_THAT(error_with({{"cromwell.ffn_gate", std::string("relu")}}),
              HasSubstr("is \"relu\", expected silu or sigmoid"));
}

TEST(Config, RefusesWhatWouldChangeTheResult) {
  const struct {
    const char* key;
    Value value;
    const char* expected;
  } cases[] = {
      {"llama.final_logit_softcapping", 30.0F, "is 30, which is not supported; expected 0"},
      {"llama.logit_scale", 0.5F, "is 0.5, which is not supported; expected 0"},
      {"llama.attention.causal", 0U, "is 0, which is not supported; expected 1"},
      {"llama.attention.clamp_kqv", std::string("8"), "is a string, expected an integer"},
      {"llama.rope.scaling.yarn_ext_factor", 0.5F, "is 0.5, which is not supported; expected 1"},
      {"llama.rope.dimension_sections", 1U, "is not supported"},
      {"llama.attention.scale", -1.0F, "expected more than 0"},
      {"llama.attention.sliding_window", std::string("8"), "is a string, expected an integer"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(error_with({{c.key, c.value}}), HasSubstr(std::string("key ") + c.key)) << c.key;
    EXPECT_THAT(error_with({{c.key, c.value}}), HasSubstr(c.expected)) << c.key;
  }
  EXPECT_TRUE(read_with({{"llama.logit_scale", 1.0F}, {"llama.attention.causal", 1U}}));
}

TEST(Config, ReadsYarnWithItsDefaults) {
  const auto config = read_with({{"llama.rope.scaling.type", std::string("yarn")},
                                 {"llama.rope.scaling.factor", 4.0F},
                                 {"llama.rope.scaling.attn_factor", 2.0F}});
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->yarn);
  EXPECT_EQ(config->yarn->original_context, 512);
  EXPECT_EQ(config->yarn->beta_fast, 32);
  EXPECT_EQ(config->yarn->beta_slow, 1);
  EXPECT_NEAR(config->rope_attention_factor, 2 * (1 + 0.1 * std::log(4.0)), 1e-12);
  EXPECT_THAT(error_with({{"llama.rope.scaling.type", std::string("yarn")}}),
              HasSubstr("llama.rope.scaling.factor: is missing"));
  EXPECT_THAT(error_with({{"llama.rope.scaling.type", std::string("yarn")},
                          {"llama.rope.scaling.factor", 4.0F},
                          {"llama.rope.scaling.original_context_length", 0U}}),
              HasSubstr("original_context_length: is 0, expected 1 to"));
  EXPECT_THAT(error_with({{"llama.rope.scaling.type", std::string("yarn")},
                          {"llama.rope.scaling.factor", 4.0F},
                          {"llama.rope.scaling.yarn_beta_fast", INFINITY}}),
              HasSubstr("yarn_beta_fast: is inf, expected more than 0"));
}

TEST(Config, RefusesADoubleThatIsNoPositiveFloat) {
  EXPECT_EQ(error_with({{"llama.attention.scale", 0.5}}), "");
  EXPECT_THAT(error_with({{"llama.attention.scale", 1e-60}}),
              HasSubstr("is 1e-60, expected more than 0"));
  EXPECT_THAT(error_with({{"llama.attention.scale", 1e60}}), HasSubstr("is 1e+60, expected"));
}

TEST(Config, TakesAFactorWithoutATypeForLinearScaling) {
  EXPECT_EQ(read_with({{"llama.rope.scaling.factor", 4.0F}})->rope_scale, 0.25);
  EXPECT_EQ(read_with({{"llama.rope.scale_linear", 2.0F}})->rope_scale, 0.5);
}

TEST(Config, ReadsWhichLayersSeeAWindow) {
  const auto windows = [](const Keys& keys) { return read_with(keys)->layer_window; };
  const char* const kPattern = "llama.attention.sliding_window_pattern";
  const std::pair<const std::string, Value> window = {"llama.attention.sliding_window", 64U};
  EXPECT_THAT(windows({}), testing::ElementsAre(0, 0));
  EXPECT_THAT(windows({window}), testing::ElementsAre(64, 64));
  EXPECT_THAT(windows({window, {kPattern, 2U}}), testing::ElementsAre(64, 0));
  EXPECT_THAT(windows({window, {kPattern, 1U}}), testing::ElementsAre(0, 0));
  EXPECT_THAT(windows({window, {kPattern, 0U}}), testing::ElementsAre(64, 64));
  EXPECT_THAT(windows({window, {kPattern, std::vector<bool>{false, true}}}),
              testing::ElementsAre(0, 64));
  EXPECT_THAT(error_with({window, {kPattern, std::vector<bool>{true}}}),
              HasSubstr("has 1 elements, expected one for each of the 2 layers"));
  EXPECT_THAT(error_with({window, {kPattern, std::string("all")}}),
              HasSubstr("is a string, expected an array"));
}

// The error of reading a tiny model's weights after `add` put more into it.
template <class Add>
std::string weights_error(Add&& add, const fakes::TinyModel& tiny = {}) {
  GgufWriter writer = fakes::tiny_writer(tiny);
  add(writer);
  const fakes::TempFile temp("weights.gguf");
  if (!writer.write(temp.path())) return "cannot write";
  const auto file = GgufFile::open(temp.path());
  if (!file) return file.error().message;
  const auto config = read_config(**file);
  if (!config) return config.error().message;
  const auto weights = read_weights(**file, *config);
  return weights ? "" : weights.error().message;
}

void add_vector(GgufWriter& writer, const char* name, std::uint64_t n, float value) {
  writer.add_tensor(name, {n}, kernels::WeightType::kF32, [value](std::span<std::byte> out) {
    for (std::size_t i = 0; i < out.size(); i += sizeof value) {
      std::memcpy(out.data() + i, &value, sizeof value);
    }
    return base::Result<>();
  });
}

TEST(Weights, RefusesTensorsThatWouldChangeTheResultAndIgnoresOthers) {
  EXPECT_EQ(weights_error([](GgufWriter&) {}), "");
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "blk.0.ffn_up.bias", 128, 0); }),
              HasSubstr("tensor blk.0.ffn_up.bias: is not part of a llama model of 2 layers"));
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "blk.0.attn_q_norm.weight", 16, 0); }),
              HasSubstr("tensor blk.0.attn_q_norm.weight: is not part of a llama model"));
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "position_embd.weight", 64, 0); }),
              HasSubstr("tensor position_embd.weight: is not part of a llama model"));
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "blk.1.attn_k.bias", 64, 0); }),
              HasSubstr("tensor blk.1.attn_k.bias: shape [64], expected [32, 1]"));
  EXPECT_EQ(weights_error([](auto& w) { add_vector(w, "blk.0.attn_q.bias", 64, 0); }), "");
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "blk.2.attn_norm.weight", 64, 0); }),
              HasSubstr("tensor blk.2.attn_norm.weight: is not part of a llama model"));
  EXPECT_EQ(weights_error([](auto& w) { add_vector(w, "mtp.extra", 64, 0); }), "");
}

TEST(Weights, ChecksTheFactorsOfRope) {
  EXPECT_EQ(weights_error([](auto& w) { add_vector(w, "rope_freqs.weight", 8, 2); }), "");
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "rope_freqs.weight", 4, 2); }),
              HasSubstr("tensor rope_freqs.weight: shape [4], expected [8, 1]"));
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "rope_freqs.weight", 8, 0); }),
              HasSubstr("tensor rope_freqs.weight: factor 0 is 0"));
  EXPECT_THAT(weights_error([](auto& w) { add_vector(w, "rope_freqs.weight", 8, NAN); }),
              HasSubstr("tensor rope_freqs.weight: factor 0 is nan"));
}

TEST(Weights, TakesTheEmbeddingForAMissingHead) {
  for (const bool tied : {true, false}) {
    const ExactBytes bytes(tiny_bytes({.tied = tied}));
    const auto file = parse(bytes);
    ASSERT_TRUE(file) << file.error().message;
    const auto config = read_config(**file);
    ASSERT_TRUE(config) << config.error().message;
    const auto weights = read_weights(**file, *config);
    ASSERT_TRUE(weights) << weights.error().message;
    EXPECT_EQ(weights->tied, tied);
    EXPECT_EQ(weights->output.data == weights->token_embedding.data, tied);
  }
}

}  // namespace
}  // namespace cromwell::model
