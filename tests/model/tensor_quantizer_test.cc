#include "model/tensor_quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/kernels.h"

namespace cromwell::model {
namespace {

using kernels::WeightType;
using testing::HasSubstr;

constexpr std::uint64_t kRows = 100;  // no multiple of what a thread takes at once
constexpr int kCols = 256;

std::vector<float> random_matrix() {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> x(kRows * kCols);
  for (float& weight : x) weight = normal(random);
  return x;
}

struct Outcome {
  std::vector<std::byte> bytes;
  base::Result<Loss> loss;
};

Outcome quantize(const std::vector<float>& x, WeightType type, int threads,
                 const std::atomic<bool>* interrupted = nullptr) {
  const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(type);
  std::vector<std::byte> bytes(x.size() / traits.block_size * traits.block_bytes);
  TensorQuantizer quantizer(threads, interrupted);
  auto loss = quantizer.quantize(
      "blk.3.w", kRows, kCols,
      [&](std::uint64_t row, float* out) { std::copy_n(x.data() + row * kCols, kCols, out); }, type,
      bytes);
  return {std::move(bytes), std::move(loss)};
}

TEST(TensorQuantizer, GivesTheSameBytesAndLossForAnyNumberOfThreads) {
  const std::vector<float> x = random_matrix();
  for (const WeightType type : {WeightType::kQ4_0, WeightType::kQ4_K, WeightType::kF16}) {
    const Outcome one = quantize(x, type, 1);
    ASSERT_TRUE(one.loss);
    for (const int threads : {2, 3, 8}) {
      const Outcome many = quantize(x, type, threads);
      ASSERT_TRUE(many.loss);
      EXPECT_EQ(many.bytes, one.bytes) << threads;
      EXPECT_EQ(many.loss->error, one.loss->error) << threads;
      EXPECT_EQ(many.loss->weight, one.loss->weight) << threads;
    }
  }
}

TEST(TensorQuantizer, MeasuresWhatRoundingTookAway) {
  const std::vector<float> x = random_matrix();
  const Outcome outcome = quantize(x, WeightType::kQ8_0, 2);
  ASSERT_TRUE(outcome.loss);
  double error = 0;
  double weight = 0;
  std::vector<float> stored(kCols);
  const std::size_t row_bytes = outcome.bytes.size() / kRows;
  for (std::size_t row = 0; row < kRows; ++row) {
    kernels::available_kernels().front()->dequantize_row(
        {outcome.bytes.data(), WeightType::kQ8_0, kRows, kCols, row_bytes}, static_cast<int>(row),
        stored.data());
    for (std::size_t i = 0; i < kCols; ++i) {
      error += std::pow(stored[i] - double{x[row * kCols + i]}, 2);
      weight += std::pow(double{x[row * kCols + i]}, 2);
    }
  }
  EXPECT_NEAR(outcome.loss->relative_rms(), std::sqrt(error / weight), 1e-12);
  EXPECT_EQ(quantize(x, WeightType::kF32, 2).loss->relative_rms(), 0);
  EXPECT_EQ(Loss{}.relative_rms(), 0);
}

TEST(TensorQuantizer, NamesTheFirstWeightThatIsNotFinite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::nanf(""), kInfinity, -kInfinity}) {
    for (const WeightType type : {WeightType::kQ4_0, WeightType::kQ6_K, WeightType::kF32}) {
      std::vector<float> x = random_matrix();
      x[41 * kCols + 9] = bad;
      x[41 * kCols + 200] = bad;
      x[77 * kCols] = bad;
      const Outcome outcome = quantize(x, type, 3);
      ASSERT_FALSE(outcome.loss);
      EXPECT_EQ(outcome.loss.error().code, base::ErrorCode::kBadModel);
      EXPECT_THAT(outcome.loss.error().message,
                  HasSubstr("tensor blk.3.w: weight 9 of row 41 is "));
    }
  }
}

TEST(TensorQuantizer, RefusesWeightsThatTheTypeCannotHold) {
  std::vector<float> x = random_matrix();
  x[5 * kCols + 1] = 70000;
  for (const WeightType type : {WeightType::kF16, WeightType::kQ4_0, WeightType::kQ4_K}) {
    const Outcome outcome = quantize(x, type, 2);
    ASSERT_FALSE(outcome.loss);
    EXPECT_THAT(outcome.loss.error().message, HasSubstr("weight 1 of row 5 is 70000"));
  }
  EXPECT_TRUE(quantize(x, WeightType::kBF16, 2).loss);
  EXPECT_TRUE(quantize(x, WeightType::kF32, 2).loss);
}

TEST(TensorQuantizer, EndsWhenInterrupted) {
  const std::atomic<bool> interrupted{true};
  const Outcome outcome = quantize(random_matrix(), WeightType::kQ4_0, 2, &interrupted);
  ASSERT_FALSE(outcome.loss);
  EXPECT_EQ(outcome.loss.error().code, base::ErrorCode::kCancelled);
}

}  // namespace
}  // namespace cromwell::model
