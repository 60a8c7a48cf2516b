// What an adapter adds to a product, in every type that its factors may have, against sums in
// double precision of the factors' values.
#include "model/lora_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "tests/model/lora_files.h"

namespace cromwell::model {
namespace {

using kernels::WeightType;

constexpr int kRank = 32;  // a whole block of a quantised row
constexpr float kScale = 0.5F;

// One factor as it is in the file, [rows, cols].
struct Factor {
  WeightType type;
  int rows;
  int cols;
  std::vector<std::byte> bytes;

  Factor(WeightType its_type, int its_rows, int its_cols, std::mt19937& random)
      : type(its_type), rows(its_rows), cols(its_cols), bytes(row_bytes() * size(rows)) {
    fakes::tiny::fill(type, bytes, 0.2F, random);
  }

  static std::size_t size(int n) { return static_cast<std::size_t>(n); }
  std::size_t row_bytes() const {
    const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(type);
    return size(cols) / traits.block_size * traits.block_bytes;
  }

  std::vector<float> row(int index) const {
    std::vector<float> values(size(cols));
    const kernels::WeightMatrix matrix{bytes.data(), type, rows, cols, row_bytes()};
    kernels::available_kernels().back()->dequantize_row(matrix, index, values.data());
    return values;
  }

  void write(GgufWriter& writer, const std::string& name) const {
    writer.add_tensor(name, {size(cols), size(rows)}, type, [this](std::span<std::byte> out) {
      std::memcpy(out.data(), bytes.data(), out.size());
      return base::Result<>();
    });
  }
};

double dot(const std::vector<float>& a, const float* b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

class LoraStepTest : public testing::TestWithParam<WeightType> {
 protected:
  void SetUp() override {
    const fakes::TempFile model("model.gguf");
    ASSERT_TRUE(fakes::write_tiny_gguf(model.path(), tiny_));
    auto file = GgufFile::open(model.path());
    ASSERT_TRUE(file) << file.error().message;
    model_ = *file;
    config_ = *read_config(*model_);
    weights_ = *read_weights(*model_, config_);

    const fakes::TempFile adapter("adapter.gguf");
    GgufWriter writer;
    add_lora_keys(writer, "llama", kScale * kRank);
    a_.write(writer, "output.weight.lora_a");
    b_.write(writer, "output.weight.lora_b");
    ASSERT_TRUE(writer.write(adapter.path()));
    file = GgufFile::open(adapter.path());
    ASSERT_TRUE(file) << file.error().message;
    auto read = LoraAdapter::read(**file, config_, weights_, 1);
    ASSERT_TRUE(read) << read.error().message;
    adapters_.push_back(std::move(*read));
  }

  // Rows [begin, end) of scale B (A x) in double precision; the others 0. x, y: [tokens, ...]
  std::vector<double> expected(const std::vector<float>& x, int tokens, int begin, int end) const {
    std::vector<double> y(Factor::size(tokens * b_.rows));
    for (int t = 0; t < tokens; ++t) {
      std::vector<float> shrunk;
      for (int r = 0; r < kRank; ++r) {
        shrunk.push_back(
            static_cast<float>(kScale * dot(a_.row(r), &x[Factor::size(t * a_.cols)])));
      }
      for (int row = begin; row < end; ++row) {
        y[Factor::size(t * b_.rows + row)] = dot(b_.row(row), shrunk.data());
      }
    }
    return y;
  }

  const fakes::TinyModel tiny_;
  std::mt19937 random_{20261126};
  const Factor a_{GetParam(), kRank, tiny_.hidden, random_};
  const Factor b_{GetParam(), tiny_.vocab(), kRank, random_};
  std::shared_ptr<const GgufFile> model_;
  ModelConfig config_;
  Weights weights_;
  std::vector<LoraAdapter> adapters_;
};

TEST_P(LoraStepTest, AddsTheFactorsProductToTheRowsThatAreAskedFor) {
  constexpr int kTokens = 40;
  ASSERT_GT(b_.rows, 256);  // more than one block of sums
  std::vector<float> x(Factor::size(kTokens * a_.cols));
  std::normal_distribution<float> normal;
  for (float& value : x) value = normal(random_);
  std::vector<BatchToken> tokens(kTokens);
  const std::vector<int> adapters{0};
  const std::array products{&std::as_const(weights_).output};
  for (const kernels::Kernels* table : kernels::available_kernels()) {
    base::ForkJoinPool pool(2);
    LoraStep step(adapters_, *table, kTokens, 2);
    step.begin({.tokens = tokens, .adapters = adapters});
    step.shrink(products, x.data(), pool);
    for (const auto& [begin, end] : {std::pair{0, b_.rows}, {32, 96}, {32, b_.rows}}) {
      std::vector<float> y(Factor::size(kTokens * b_.rows));
      step.add(0, weights_.output, begin, end, y.data());
      const std::vector<double> want = expected(x, kTokens, begin, end);
      for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], want[i], 1e-4) << table->name << " rows " << begin << " to " << end;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, LoraStepTest,
                         testing::Values(WeightType::kF32, WeightType::kF16, WeightType::kBF16,
                                         WeightType::kQ8_0),
                         [](const auto& param) {
                           return kernels::weight_type_traits(param.param)->name;
                         });

}  // namespace
}  // namespace cromwell::model
