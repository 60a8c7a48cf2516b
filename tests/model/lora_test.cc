// LoRA adapters against W + scale B A computed by transformers (tests/golden/model_variants.py),
// beside each other in one batch, and files that do not fit.
#include "model/lora.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/transformer.h"
#include "tests/model/lora_files.h"

namespace cromwell::model {
namespace {

using testing::HasSubstr;

constexpr float kTolerance = 5e-4F;
constexpr std::size_t kKvMemory = std::size_t{16} << 20;

std::shared_ptr<const GgufFile> write_and_open(const GgufWriter& writer,
                                               const fakes::TempFile& temp) {
  if (!writer.write(temp.path())) return nullptr;
  const auto file = GgufFile::open(temp.path());
  EXPECT_TRUE(file) << file.error().message;
  return file ? *file : nullptr;
}

// One sequence's logits after each of its tokens, computed in the batch of run_together().
struct Stream {
  std::vector<TokenId> ids;
  int adapter = kNoAdapter;
  std::vector<std::vector<float>> rows;
};

// Computes all streams, `chunk` tokens of each in a pass.
void run_together(Transformer& model, std::vector<Stream*> streams, std::size_t chunk) {
  std::vector<PageId> pages;
  std::vector<std::span<const PageId>> tables;
  std::vector<int> adapters;
  for (std::size_t i = 0; i < streams.size(); ++i) pages.push_back(static_cast<PageId>(i));
  for (std::size_t i = 0; i < streams.size(); ++i) {
    tables.emplace_back(&pages[i], 1);
    adapters.push_back(streams[i]->adapter);
  }
  const auto vocab = static_cast<std::size_t>(model.vocab_size());
  for (std::size_t begin = 0; begin < streams.front()->ids.size(); begin += chunk) {
    std::vector<BatchToken> tokens;
    std::vector<std::size_t> owners;
    for (std::size_t s = 0; s < streams.size(); ++s) {
      const auto& ids = streams[s]->ids;
      for (std::size_t i = begin; i < std::min(begin + chunk, ids.size()); ++i) {
        tokens.push_back({.sequence = static_cast<int>(s),
                          .position = static_cast<int>(i),
                          .token = ids[i],
                          .wants_logits = true});
        owners.push_back(s);
      }
    }
    std::vector<float> logits(tokens.size() * vocab);
    const auto done = model.forward({.tokens = tokens, .page_tables = tables, .adapters = adapters},
                                    logits.data());
    ASSERT_TRUE(done) << done.error().message;
    for (std::size_t row = 0; row < owners.size(); ++row) {
      const auto from = logits.begin() + static_cast<std::ptrdiff_t>(row * vocab);
      streams[owners[row]]->rows.emplace_back(from, from + static_cast<std::ptrdiff_t>(vocab));
    }
  }
}

class Lora : public testing::TestWithParam<const kernels::Kernels*> {};

TEST_P(Lora, HasTheLogitsOfTheMatricesWithTheAdapterAdded) {
  std::ifstream in(CROMWELL_SOURCE_DIR "/tests/golden/model_lora.json");
  const auto all = nlohmann::json::parse(in);
  ASSERT_EQ(all.size(), 2U);
  for (const auto& v : all) {
    const Variant variant{v["name"], v["keys"], v["tensors"], v["ids"], v["rows"], v["logits"]};
    const fakes::TempFile temp("base.gguf");
    const auto base = write_and_open(variant_writer(variant), temp);
    ASSERT_NE(base, nullptr);
    TransformerOptions options{.threads = 2, .kv_memory_bytes = kKvMemory, .kernels = GetParam()};
    const std::string architecture = variant.keys["general.architecture"][1];
    std::vector<std::unique_ptr<fakes::TempFile>> temps;
    for (const auto& adapter : v["adapters"]) {
      temps.push_back(std::make_unique<fakes::TempFile>("lora.gguf"));
      const auto file = write_and_open(
          lora_writer(architecture, adapter["alpha"], adapter["tensors"]), *temps.back());
      options.adapters.push_back({file, adapter["scale"]});
    }
    const auto model = Transformer::create(base, options);
    ASSERT_TRUE(model) << model.error().message;
    ASSERT_EQ((*model)->adapters(), 2);
    for (int adapter = kNoAdapter; adapter < 2; ++adapter) {
      const auto& golden = adapter == kNoAdapter
                               ? v["logits"]
                               : v["adapters"][static_cast<std::size_t>(adapter)]["logits"];
      const auto expected = golden.get<std::vector<std::vector<float>>>();
      Stream stream{.ids = variant.ids, .adapter = adapter};
      stream.ids.resize(std::min<std::size_t>(stream.ids.size(), 64));
      run_together(**model, {&stream}, 17);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto at = static_cast<std::size_t>(variant.rows[i]);
        if (at >= stream.rows.size()) continue;
        for (std::size_t id = 0; id < expected[i].size(); ++id) {
          ASSERT_NEAR(stream.rows[at][id], expected[i][id], kTolerance)
              << variant.name << ", adapter " << adapter << ", after token " << at;
        }
      }
    }
  }
}

// Over a quantised model, with threads that cut rows and tokens elsewhere.
TEST_P(Lora, IsTheSameBitsWhateverElseIsInTheBatch) {
  const fakes::TempFile temp("base.gguf"), first("a.gguf"), second("b.gguf");
  const auto base = write_and_open(fakes::tiny_writer({.layers = 1}), temp);
  const auto a = write_and_open(tiny_lora(4), first);
  const auto b = write_and_open(tiny_lora(9), second);
  ASSERT_TRUE(base && a && b);
  TransformerOptions options{
      .kv_memory_bytes = kKvMemory, .adapters = {{a, 1}, {b, -0.5F}}, .kernels = GetParam()};
  const auto one = Transformer::create(base, options);
  options.threads = 3;
  const auto three = Transformer::create(base, options);
  ASSERT_TRUE(one && three);

  constexpr int kAdapters[] = {0, kNoAdapter, 1, 1, 0, kNoAdapter};
  std::vector<Stream> alone, together;
  for (std::size_t i = 0; i < std::size(kAdapters); ++i) {
    Stream stream{.ids = {}, .adapter = kAdapters[i]};
    for (std::size_t t = 0; t < 40; ++t) {
      stream.ids.push_back(static_cast<TokenId>((i * 31 + t * 7) % 300));
    }
    alone.push_back(stream);
    together.push_back(stream);
  }
  for (Stream& stream : alone) run_together(**one, {&stream}, 1);
  std::vector<Stream*> all;
  for (Stream& stream : together) all.push_back(&stream);
  run_together(**three, all, 19);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].rows, together[i].rows) << "stream " << i;
  }
  Stream plain = alone[0];
  plain.adapter = kNoAdapter;
  plain.rows.clear();
  run_together(**one, {&plain}, 40);
  EXPECT_NE(plain.rows, alone[0].rows);
}

TEST(LoraBatch, IsRefusedWhereItsAdaptersAreNotThere) {
  const fakes::TempFile temp("base.gguf"), lora("lora.gguf");
  const auto base = write_and_open(fakes::tiny_writer(), temp);
  const auto file = write_and_open(tiny_lora(), lora);
  const auto model =
      Transformer::create(base, {.kv_memory_bytes = kKvMemory, .adapters = {{file, 1}}});
  ASSERT_TRUE(model);
  const auto error = [&](const std::vector<int>& adapters) {
    const BatchToken token{.token = 1};
    const PageId page = 0;
    const std::span<const PageId> table(&page, 1);
    const auto done = (*model)->forward(
        {.tokens = {&token, 1}, .page_tables = {&table, 1}, .adapters = adapters}, nullptr);
    return done ? "" : done.error().message;
  };
  EXPECT_EQ(error({}), "");
  EXPECT_EQ(error({0}), "");
  EXPECT_EQ(error({kNoAdapter}), "");
  EXPECT_THAT(error({1}), HasSubstr("adapter 1 is none of the 1"));
  EXPECT_THAT(error({-2}), HasSubstr("adapter -2 is none of the 1"));
  EXPECT_THAT(error({0, 0}), HasSubstr("2 adapters for 1 sequences"));
}

INSTANTIATE_TEST_SUITE_P(All, Lora,
                         testing::ValuesIn(kernels::available_kernels().begin(),
                                           kernels::available_kernels().end()),
                         [](const auto& param) { return std::string(param.param->name); });

std::string error_of(const GgufWriter& writer, const fakes::TinyModel& tiny = {}) {
  const fakes::TempFile temp("base.gguf"), lora("lora.gguf");
  const auto base = write_and_open(fakes::tiny_writer(tiny), temp);
  const auto file = write_and_open(writer, lora);
  const auto model =
      Transformer::create(base, {.kv_memory_bytes = kKvMemory, .adapters = {{file, 1}}});
  if (model) return "";
  EXPECT_THAT(model.error().message, HasSubstr(lora.path()));
  return model.error().message;
}

TEST(LoraFile, RefusesWhatIsNoAdapterOfThisModel) {
  GgufWriter other;
  add_lora_keys(other, "qwen2", 1);
  EXPECT_THAT(error_of(other), HasSubstr("key general.architecture: is \"qwen2\", expected"));
  GgufWriter model;
  model.add_text("general.architecture", "llama");
  EXPECT_THAT(error_of(model), HasSubstr("key general.type: is missing"));
  model.add_text("general.type", "model");
  EXPECT_THAT(error_of(model), HasSubstr("key general.type: is \"model\", expected \"adapter\""));
  GgufWriter kind;
  kind.add_text("general.type", "adapter");
  kind.add_text("adapter.type", "control_vector");
  EXPECT_THAT(error_of(kind), HasSubstr("key adapter.type: is \"control_vector\", expected"));
  GgufWriter empty;
  add_lora_keys(empty, "llama", 1);
  EXPECT_THAT(error_of(empty), HasSubstr("tensors: none"));
  GgufWriter activated = tiny_lora();
  activated.add_int32s("adapter.alora.invocation_tokens", {1});
  EXPECT_THAT(error_of(activated), HasSubstr("key adapter.alora.invocation_tokens: is not supp"));
  GgufWriter unknown;
  add_lora_keys(unknown, "llama", NAN);
  add_factors(unknown, "blk.0.attn_q.weight", 4, 64, 64);
  EXPECT_THAT(error_of(unknown), HasSubstr("key adapter.lora.alpha: is nan"));
}

TEST(LoraFile, RefusesAScaleThatIsTooLarge) {
  const auto with_alpha = [](float alpha) {
    GgufWriter writer;
    add_lora_keys(writer, "llama", alpha);
    add_factors(writer, "blk.0.attn_q.weight", 4, 64, 64);
    return error_of(writer);
  };
  EXPECT_EQ(with_alpha(4e6F), "");
  EXPECT_THAT(with_alpha(-8e6F),
              HasSubstr("key adapter.lora.alpha: is -8e+06, which scales "
                        "blk.0.attn_q.weight.lora_a by -2e+06, expected at most 1e+06"));
  EXPECT_THAT(with_alpha(INFINITY), HasSubstr("key adapter.lora.alpha: is inf"));
}

TEST(LoraFile, WithoutAnAlphaMeansItsFactorsAsTheyAre) {
  GgufWriter writer;
  writer.add_text("general.architecture", "llama");
  writer.add_text("general.type", "adapter");
  writer.add_text("adapter.type", "lora");
  add_factors(writer, "blk.0.attn_q.weight", 4, 64, 64);
  GgufWriter same;
  add_lora_keys(same, "llama", 4);
  add_factors(same, "blk.0.attn_q.weight", 4, 64, 64);
  const fakes::TempFile temp("base.gguf"), without("without.gguf"), with("with.gguf");
  const auto base = write_and_open(fakes::tiny_writer(), temp);
  const auto model = Transformer::create(
      base, {.kv_memory_bytes = kKvMemory,
             .adapters = {{write_and_open(writer, without), 1}, {write_and_open(same, with), 1}}});
  ASSERT_TRUE(model) << model.error().message;
  Stream first{.ids = {1, 2, 3}, .adapter = 0}, second{.ids = {1, 2, 3}, .adapter = 1};
  run_together(**model, {&first}, 3);
  run_together(**model, {&second}, 3);
  EXPECT_EQ(first.rows, second.rows);
}

TEST(LoraFile, RefusesFactorsThatDoNotFitTheMatrix) {
  const auto with = [](const auto& add) {
    GgufWriter writer;
    add_lora_keys(writer, "llama", 1);
    add(writer);
    return error_of(writer);
  };
  EXPECT_THAT(with([](auto& w) { add_factors(w, "blk.0.attn_k.weight", 4, 64, 64); }),
              HasSubstr("tensor blk.0.attn_k.weight.lora_b: shape [4, 64], expected [4, 32]"));
  EXPECT_THAT(with([](auto& w) { add_factors(w, "blk.0.ffn_up.weight", 4, 128, 96); }),
              HasSubstr("tensor blk.0.ffn_up.weight.lora_a: shape [96, 4], expected [64, 4]"));
  EXPECT_THAT(with([](auto& w) { add_factors(w, "blk.7.ffn_up.weight", 4, 128, 64); }),
              HasSubstr("tensor blk.7.ffn_up.weight.lora_a: the model has no matrix"));
  EXPECT_THAT(with([](auto& w) { add_factors(w, "token_embd.weight", 4, 300, 64); }),
              HasSubstr("tensor token_embd.weight.lora_a: the model has no matrix of that name"));
  EXPECT_THAT(with([](auto& w) { add_factors(w, "blk.0.attn_q.weight", 1025, 64, 64); }),
              HasSubstr("has rank 1025, expected 1 to 1024"));
  const nlohmann::json half = {
      {"name", "blk.0.attn_q.weight.lora_a"}, {"shape", {64, 4}}, {"mean", 0}, {"deviation", 1}};
  EXPECT_THAT(with([&](auto& w) { add_variant_tensor(w, half); }),
              HasSubstr("its other factor, .lora_b, is missing"));
  EXPECT_THAT(with([&](auto& w) {
                add_variant_tensor(w, {{"name", "x"}, {"shape", {4}}, {"values", {1, 2, 3, 4}}});
              }),
              HasSubstr("tensor x: expected a name that ends in .lora_a or .lora_b"));
}

TEST(LoraFile, ATiedModelHasNoHeadToAddTo) {
  EXPECT_THAT(error_of(tiny_lora(), {.tied = true}), HasSubstr("tensor output.weight.lora_a: the"));
}

}  // namespace
}  // namespace cromwell::model
