// Whole files: from random weights through every type, read back as models.
#include "model/quantize_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/random_model.h"
#include "tests/fakes/temp_folder.h"
#include "tests/model/gguf_bytes.h"
#include "tests/model/split_model.h"

namespace cromwell::model {
namespace {

using kernels::WeightType;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr ModelShape kSmall = {
    .layers = 2, .hidden = 256, .ffn = 512, .heads = 4, .kv_heads = 2, .vocab = 300, .context = 64};

base::Result<> write_random(const std::string& path, const RandomModelOptions& options,
                            int threads = 2) {
  GgufWriter writer;
  TensorQuantizer quantizer(threads);
  add_random_model(options, quantizer, [](std::size_t, std::size_t) {}, writer);
  return writer.write(path);
}

base::Result<> quantize(
    const std::string& in, WeightType type, const std::string& out, int threads = 2,
    const TensorReport& report = [](const auto&) {}) {
  CROMWELL_ASSIGN(const auto file, GgufFile::open(in));
  TensorQuantizer quantizer(threads);
  return quantize_file(*file, type, out, GgufWriter::Existing::kKeep, quantizer, report);
}

// The logits after a few tokens; empty if it is no model.
std::vector<float> logits_of(const std::string& path) {
  const auto file = GgufFile::open(path);
  if (!file) return {};
  auto model = Transformer::create(*file, {.kv_memory_bytes = 16 << 20});
  if (!model) return {};
  const PageId page = 0;
  const std::span<const PageId> table(&page, 1);
  const BatchToken tokens[] = {{.position = 0, .token = 0},
                               {.position = 1, .token = 7},
                               {.position = 2, .token = 14, .wants_logits = true}};
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  const auto done =
      (*model)->forward({.tokens = tokens, .page_tables = {&table, 1}}, logits.data());
  return done ? logits : std::vector<float>{};
}

TEST(RandomModel, RunsInEveryTypeWithSaneLogits) {
  const tests::TempFolder folder;
  for (const WeightType type : fakes::kTinyTypes) {
    const std::string path = folder.str(kernels::weight_type_traits(type)->name);
    ASSERT_TRUE(write_random(path, {.shape = kSmall, .type = type, .seed = 3}));
    const std::vector<float> logits = logits_of(path);
    ASSERT_EQ(logits.size(), 300U) << path;
    double squares = 0;
    for (const float logit : logits) squares += double{logit} * logit;
    const double rms = std::sqrt(squares / 300);
    EXPECT_GT(rms, 0.1) << path;  // 0.02 sqrt(256) is 0.32
    EXPECT_LT(rms, 1.0) << path;
  }
}

TEST(RandomModel, IsTheSameForASeedOnAnyNumberOfThreads) {
  const tests::TempFolder folder;
  ASSERT_TRUE(write_random(folder.str("a"), {.shape = kSmall, .seed = 5}, 1));
  ASSERT_TRUE(write_random(folder.str("b"), {.shape = kSmall, .seed = 5}, 3));
  ASSERT_TRUE(write_random(folder.str("c"), {.shape = kSmall, .seed = 6}, 1));
  EXPECT_EQ(folder.read("a"), folder.read("b"));
  EXPECT_NE(folder.read("a"), folder.read("c"));
}

TEST(RandomModel, SaysThatItIsRandomAndHasTheDeviationOfItsRecipe) {
  const tests::TempFolder folder;
  const RandomModelOptions options = {
      .shape = kSmall, .type = WeightType::kF32, .seed = 1, .name = "Random"};
  ASSERT_TRUE(write_random(folder.str("m"), options));
  const auto file = GgufFile::open(folder.str("m"));
  ASSERT_TRUE(file);
  EXPECT_TRUE((*file)->boolean("cromwell.random").value());
  EXPECT_EQ((*file)->text("general.name").value(), "Random");
  EXPECT_EQ((*file)->tensors().size(), 3U + 2 * 9);
  const auto moments = [&](const char* name, int rows, int cols) {
    const auto matrix = (*file)->matrix(name, rows, cols).value();
    const auto* x = reinterpret_cast<const float*>(matrix.data);
    double sum = 0;
    double squares = 0;
    const int n = rows * cols;
    for (int i = 0; i < n; ++i) {
      sum += x[i];
      squares += double{x[i]} * x[i];
    }
    EXPECT_NEAR(sum / n, 0, 1e-4) << name;
    return std::sqrt(squares / n);
  };
  EXPECT_NEAR(moments("blk.1.ffn_up.weight", 512, 256), 0.02, 2e-4);
  EXPECT_NEAR(moments("blk.1.ffn_down.weight", 256, 512), 0.01, 1e-4);  // / sqrt(2 layers)
}

TEST(RandomModel, CountsWhatCromwellsShapeCosts) {
  const ModelCost cost = cost_of({});
  EXPECT_EQ(cost.parameters, 1261864960U);          // 1,261.76M in matrices, 0.10M in norms
  EXPECT_EQ(cost.layer_flops, 2U * 24 * 44040192);  // 2.1 GFLOP
  EXPECT_EQ(cost.head_flops, 2U * 50000 * 2048);
  EXPECT_EQ(cost.position_flops, 4U * 24 * 2048);
  EXPECT_EQ(cost_of({.tied = true}).parameters, 1261864960U - 102400000U);
}

TEST(CheckShape, NamesTheNumberThatCannotBe) {
  EXPECT_TRUE(check_shape({}));
  const auto message = [](const ModelShape& shape) { return check_shape(shape).error().message; };
  EXPECT_THAT(message({.layers = 0}), HasSubstr("layers is 0"));
  EXPECT_THAT(message({.hidden = 2050}), HasSubstr("hidden is 2050"));
  EXPECT_THAT(message({.ffn = 33}), HasSubstr("a multiple of 32"));
  EXPECT_THAT(message({.heads = 48}), HasSubstr("expected a divisor of the 2048"));
  EXPECT_THAT(message({.kv_heads = 5}), HasSubstr("expected a divisor of the 32 heads"));
  EXPECT_THAT(message({.heads = 256}), HasSubstr("hidden / heads is 8"));
  EXPECT_THAT(message({.context = -1}), HasSubstr("context is -1"));
}

TEST(QuantizeFile, MakesAModelOfEveryTypeAndCopiesTheMetadata) {
  const tests::TempFolder folder;
  const std::string source = folder.str("f32");
  ASSERT_TRUE(write_random(source, {.shape = kSmall, .type = WeightType::kF32, .seed = 2}));
  const std::vector<float> expected = logits_of(source);
  ASSERT_FALSE(expected.empty());
  for (const WeightType type : fakes::kTinyTypes) {
    const std::string out =
        folder.str(std::string("to-") + kernels::weight_type_traits(type)->name);
    std::size_t reports = 0;
    const auto done = quantize(source, type, out, 2, [&](const QuantizedTensor& tensor) {
      EXPECT_EQ(tensor.number, ++reports);
      EXPECT_EQ(tensor.count, 21U);
      EXPECT_LT(tensor.loss.relative_rms(), 0.3) << tensor.tensor->name;
      if (tensor.tensor->dimensions == 1) {
        EXPECT_EQ(tensor.type, WeightType::kF32);
        EXPECT_EQ(tensor.loss.error, 0);
      }
    });
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(reports, 21U);
    const auto file = GgufFile::open(out);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ((*file)->text("cromwell.random.seed").value(), "2");
    EXPECT_EQ((*file)->find_tensor("blk.0.ffn_up.weight")->type, type);
    const std::vector<float> logits = logits_of(out);
    ASSERT_EQ(logits.size(), expected.size());
    double error = 0;
    double weight = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      error += std::pow(double{logits[i]} - expected[i], 2);
      weight += std::pow(double{expected[i]}, 2);
    }
    EXPECT_LT(std::sqrt(error / weight), 0.5) << out;
  }
}

TEST(QuantizeFile, IsTheSameOnAnyNumberOfThreads) {
  const tests::TempFolder folder;
  ASSERT_TRUE(write_random(folder.str("in"), {.shape = kSmall, .type = WeightType::kF16}));
  ASSERT_TRUE(quantize(folder.str("in"), WeightType::kQ4_K, folder.str("a"), 1));
  ASSERT_TRUE(quantize(folder.str("in"), WeightType::kQ4_K, folder.str("b"), 3));
  EXPECT_EQ(folder.read("a"), folder.read("b"));
}

TEST(QuantizeFile, DrawsRandomModelsAsItQuantisesThem) {
  const tests::TempFolder folder;
  const auto random = [&](const char* name, WeightType type) {
    return write_random(folder.str(name), {.shape = kSmall, .type = type, .seed = 9});
  };
  ASSERT_TRUE(random("f32", WeightType::kF32));
  ASSERT_TRUE(random("q8", WeightType::kQ8_0));
  ASSERT_TRUE(quantize(folder.str("f32"), WeightType::kQ8_0, folder.str("to-q8")));
  const auto drawn = GgufFile::open(folder.str("q8")).value();
  const auto quantized = GgufFile::open(folder.str("to-q8")).value();
  for (const GgufTensor& tensor : drawn->tensors()) {
    const GgufTensor* other = quantized->find_tensor(tensor.name);
    ASSERT_NE(other, nullptr);
    ASSERT_EQ(other->bytes, tensor.bytes);
    EXPECT_EQ(std::memcmp(drawn->bytes().data() + tensor.offset,
                          quantized->bytes().data() + other->offset, tensor.bytes),
              0)
        << tensor.name;
  }
}

TEST(QuantizeFile, KeepsBlocksThatAreOfTheTypeAlready) {
  const tests::TempFolder folder;
  ASSERT_TRUE(write_random(folder.str("in"), {.shape = kSmall, .type = WeightType::kQ4_0}));
  const auto done = quantize(folder.str("in"), WeightType::kQ4_0, folder.str("out"), 2,
                             [](const auto& tensor) { EXPECT_EQ(tensor.loss.error, 0); });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(folder.read("in").size(), folder.read("out").size());
}

TEST(QuantizeFile, RefusesWeightsThatAreNotFiniteAndLeavesNothing) {
  const tests::TempFolder folder;
  GgufWriter writer = fakes::tiny_writer();
  writer.add_tensor("bad.weight", {64, 2}, WeightType::kF32, [](std::span<std::byte> out) {
    std::fill(out.begin(), out.end(), std::byte{0xff});
    return base::Result<>();
  });
  ASSERT_TRUE(writer.write(folder.str("in")));
  const auto done = quantize(folder.str("in"), WeightType::kQ4_0, folder.str("out"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("tensor bad.weight: weight 0 of row 0"));
  EXPECT_THAT(folder.entries(), ElementsAre("in"));
}

TEST(QuantizeFile, MakesOneFileOfAModelInParts) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 3);
  ASSERT_TRUE(quantize(first, WeightType::kQ4_0, folder.str("out")));
  ASSERT_TRUE(quantize(folder.str("whole.gguf"), WeightType::kQ4_0, folder.str("expected")));
  EXPECT_EQ(folder.read("out"), folder.read("expected"));
}

TEST(QuantizeFile, SetsTheFileTypeAndItsOwnAlignment) {
  const tests::TempFolder folder;
  GgufWriter writer = fakes::tiny_writer();
  writer.add_uint32("general.file_type", 0);
  writer.add_uint32("general.alignment", 32);
  ASSERT_TRUE(writer.write(folder.str("in")));
  ASSERT_TRUE(quantize(folder.str("in"), WeightType::kQ4_1, folder.str("out")));
  const auto file = GgufFile::open(folder.str("out")).value();
  EXPECT_EQ(file->integer("general.file_type").value(), 3U);
  EXPECT_EQ(file->integer("general.quantization_version").value(), 2U);
  EXPECT_FALSE(file->has("general.alignment"));
}

}  // namespace
}  // namespace cromwell::model
