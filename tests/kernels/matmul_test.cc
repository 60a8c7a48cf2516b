// Matrix products of every weight type and instruction set against arithmetic in double, against
// the scalar table, and against themselves under other splits of the work.
#include <algorithm>

#include "kernels/gemm_blocks.h"
#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

class Matmul : public EachIsa {
 protected:
  std::vector<float> product(const Kernels& table, const WeightMatrix& w, const Activations& x,
                             int tokens) {
    std::vector<float> y(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(w.rows), -1);
    table.matmul(w.type)(w, x, tokens, 0, w.rows, y.data(), w.rows);
    return y;
  }
};

// What the kernel is to compute, from the values that it reads: [tokens, rows], and the sum of the
// terms' magnitudes, which the rounding error is relative to.
struct Reference {
  std::vector<double> value;
  std::vector<double> magnitude;
};

Reference reference_product(const RandomWeights& w, const TestActivations& x, int tokens) {
  const std::size_t cols = static_cast<std::size_t>(w.matrix.cols);
  Reference result;
  const bool quantized = wants_quantized(w.matrix.type);
  const std::vector<double> activations =
      quantized ? x.values() : std::vector<double>(x.floats.begin(), x.floats.end());
  std::vector<std::vector<float>> rows;
  for (int r = 0; r < w.matrix.rows; ++r) rows.push_back(w.row(r));
  for (std::size_t t = 0; t < static_cast<std::size_t>(tokens); ++t) {
    for (const std::vector<float>& row : rows) {
      double sum = 0;
      double magnitude = 0;
      for (std::size_t k = 0; k < cols; ++k) {
        const double term = static_cast<double>(row[k]) * activations[t * cols + k];
        sum += term;
        magnitude += std::fabs(term);
      }
      result.value.push_back(sum);
      result.magnitude.push_back(magnitude);
    }
  }
  return result;
}

int columns_for(WeightType type, int blocks) {
  return static_cast<int>(std::max<std::size_t>(32, weight_type_traits(type)->block_size)) * blocks;
}

TEST_P(Matmul, EqualsDoubleArithmeticWithinRounding) {
  for (const WeightType type : kAllTypes) {
    for (const int rows : {1, 15, 16, 17, 48, 67}) {
      for (const int tokens : {1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 65}) {
        const int cols = columns_for(type, 3);
        const RandomWeights w = random_weights(type, rows, cols, random_);
        const auto x = make_activations(
            random_floats(static_cast<std::size_t>(tokens * cols), random_), tokens, cols);
        const std::vector<float> y = product(kernels(), w.matrix, x->view, tokens);
        const Reference expected = reference_product(w, *x, tokens);
        for (std::size_t i = 0; i < y.size(); ++i) {
          // 32 roundings of 2^-24 each at most weigh on a term.
          ASSERT_NEAR(y[i], expected.value[i], 2e-6 * expected.magnitude[i])
              << weight_type_traits(type)->name << " rows " << rows << " tokens " << tokens
              << " at " << i;
        }
      }
    }
  }
}

TEST_P(Matmul, OfQuantizedWeightsEqualsScalarBitForBit) {
  for (const WeightType type : kAllTypes) {
    if (!wants_quantized(type)) continue;
    const int rows = 70;
    const int tokens = 9;
    const int cols = columns_for(type, 5);
    const RandomWeights w = random_weights(type, rows, cols, random_);
    const auto x = make_activations(random_floats(static_cast<std::size_t>(tokens * cols), random_),
                                    tokens, cols);
    EXPECT_TRUE(same_bits(product(kernels(), w.matrix, x->view, tokens),
                          product(scalar::kTable, w.matrix, x->view, tokens)))
        << weight_type_traits(type)->name;
  }
}

// The largest magnitudes of both sides: where a 16-bit intermediate would overflow.
TEST_P(Matmul, KeepsExtremeIntegersExact) {
  for (const WeightType type : kAllTypes) {
    if (!wants_quantized(type)) continue;
    for (const int fill : {0x00, 0x0f, 0x1f, 0x20, 0x7f, 0x80, 0xf0, 0xff}) {
      for (const float sign : {-1.0f, 1.0f}) {
        const int cols = columns_for(type, 2);
        RandomWeights w = random_weights(type, 16, cols, random_);
        const WeightTypeTraits& traits = *weight_type_traits(type);
        const std::vector<std::size_t> halves = half_offsets(type);
        for (std::size_t i = 0; i < w.bytes.size(); ++i) {
          const std::size_t at = i % traits.block_bytes;
          const bool is_half = std::any_of(halves.begin(), halves.end(),
                                           [at](std::size_t h) { return at == h || at == h + 1; });
          if (!is_half) w.bytes[i] = static_cast<std::byte>(fill);
        }
        const auto x =
            make_activations(std::vector<float>(static_cast<std::size_t>(2 * cols), sign), 2, cols);
        EXPECT_TRUE(same_bits(product(kernels(), w.matrix, x->view, 2),
                              product(scalar::kTable, w.matrix, x->view, 2)))
            << traits.name << " filled with " << fill << " times " << sign;
      }
    }
  }
}

TEST_P(Matmul, GivesTheSameBitsForAnyNumberOfTokens) {
  constexpr int kTokens = 256;
  for (const WeightType type : kAllTypes) {
    const int rows = 40;
    const int cols = columns_for(type, type == WeightType::kF32 ? 40 : 4);
    const RandomWeights w = random_weights(type, rows, cols, random_);
    const auto x = make_activations(
        random_floats(static_cast<std::size_t>(kTokens * cols), random_), kTokens, cols);
    const std::vector<float> whole = product(kernels(), w.matrix, x->view, kTokens);
    for (const int step : {1, 2, 3, 5, 8, 64, 100}) {
      std::vector<float> parts(whole.size());
      for (int t = 0; t < kTokens; t += step) {
        const int n = std::min(step, kTokens - t);
        const auto part = some_tokens(*x, cols, t, n);
        kernels().matmul(type)(w.matrix, part->view, n, 0, rows,
                               parts.data() + static_cast<std::ptrdiff_t>(t) * rows, rows);
      }
      EXPECT_TRUE(same_bits(parts, whole)) << weight_type_traits(type)->name << " step " << step;
    }
  }
}

TEST_P(Matmul, GivesTheSameBitsForAnySplitOfRows) {
  for (const WeightType type : kAllTypes) {
    for (const int tokens : {1, 7}) {
      const int rows = 16 * 6 + 5;
      const int cols = columns_for(type, 4);
      const RandomWeights w = random_weights(type, rows, cols, random_);
      const auto x = make_activations(
          random_floats(static_cast<std::size_t>(tokens * cols), random_), tokens, cols);
      const std::vector<float> whole = product(kernels(), w.matrix, x->view, tokens);
      for (const int step : {kRowAlign, 2 * kRowAlign, 3 * kRowAlign}) {
        std::vector<float> parts(whole.size());
        for (int r = 0; r < rows; r += step) {
          kernels().matmul(type)(w.matrix, x->view, tokens, r, std::min(rows, r + step),
                                 parts.data(), rows);
        }
        EXPECT_TRUE(same_bits(parts, whole)) << weight_type_traits(type)->name << " step " << step;
      }
    }
  }
}

// Long rows go through the kernel in several panels of inputs when there are many tokens.
TEST_P(Matmul, GivesTheSameBitsForLongRows) {
  constexpr int kTokens = 64;
  for (const WeightType type : kAllTypes) {
    const int cols = 256 * 24;
    const RandomWeights w = random_weights(type, 17, cols, random_);
    const auto x = make_activations(
        random_floats(static_cast<std::size_t>(kTokens) * static_cast<std::size_t>(cols), random_),
        kTokens, cols);
    const std::vector<float> whole = product(kernels(), w.matrix, x->view, kTokens);
    for (int t = 0; t < kTokens; t += 21) {
      const auto token = some_tokens(*x, cols, t, 1);
      const std::vector<float> one = product(kernels(), w.matrix, token->view, 1);
      EXPECT_EQ(0, std::memcmp(one.data(), whole.data() + t * 17, 17 * sizeof(float)))
          << weight_type_traits(type)->name << " token " << t;
    }
  }
}

// Float weights need no multiple of anything.
TEST_P(Matmul, OfFloatsTakesAnyNumberOfColumns) {
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBF16}) {
    for (int cols = 1; cols < 70; ++cols) {
      const int rows = 7;
      const int tokens = 3;
      const RandomWeights w = random_weights(type, rows, cols, random_);
      TestActivations x;
      x.floats = random_floats(static_cast<std::size_t>(tokens * cols), random_);
      x.view.f32 = x.floats.data();
      const std::vector<float> y = product(kernels(), w.matrix, x.view, tokens);
      const Reference expected = reference_product(w, x, tokens);
      for (std::size_t i = 0; i < y.size(); ++i) {
        ASSERT_NEAR(y[i], expected.value[i], 2e-6 * expected.magnitude[i])
            << weight_type_traits(type)->name << " cols " << cols;
      }
    }
  }
}

// More inputs than a tile is deep, more tokens than stay in the third level, rows that fill no
// tile.
TEST_P(Matmul, OfFloatsIsCutIntoBlocksWithoutChangingABit) {
  const int rows = 53;
  const int cols = kMaxTileDepth + 21;
  const std::size_t row_bytes = static_cast<std::size_t>(cols) * sizeof(float);
  constexpr std::size_t kMostBytes = std::size_t{32} << 20;  // of a test
  const int tokens =
      static_cast<int>(std::min(gemm_blocks().activation_bytes, kMostBytes) / row_bytes) + 5;
  const std::vector<float> some = random_floats(4099, random_);
  std::vector<float> x(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(cols));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = some[i % some.size()];
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBF16}) {
    const RandomWeights w = random_weights(type, rows, cols, random_);
    const std::vector<float> whole = product(kernels(), w.matrix, {.f32 = x.data()}, tokens);
    for (const int t : {0, 1, 7, 100, tokens - 6, tokens - 1}) {
      const Activations token{.f32 = x.data() + static_cast<std::ptrdiff_t>(t) * cols};
      const std::vector<float> one = product(kernels(), w.matrix, token, 1);
      EXPECT_EQ(0, std::memcmp(one.data(), whole.data() + t * rows, rows * sizeof(float)))
          << weight_type_traits(type)->name << " token " << t;
      for (int r = 0; r < rows; ++r) {  // the number rule's sum, written out
        const std::vector<float> row = w.row(r);
        float sum = 0;
        for (std::size_t k = 0; k < row.size(); ++k) {
          sum = &kernels() == &scalar::kTable ? sum + row[k] * token.f32[k]
                                              : std::fma(row[k], token.f32[k], sum);
        }
        ASSERT_EQ(one[static_cast<std::size_t>(r)], sum)
            << weight_type_traits(type)->name << " token " << t << " row " << r;
      }
    }
  }
}

// Any number of tokens and rows that a tile or a depth may be chosen by.
TEST_P(Matmul, OfFloatsGivesTheSameBitsForAnyNumberOfTokens) {
  constexpr int kTokens = 131;
  constexpr int kCols = 401;
  const std::vector<float> x = random_floats(std::size_t{kTokens} * kCols, random_);
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBF16}) {
    const int rows = 71;
    const RandomWeights w = random_weights(type, rows, kCols, random_);
    const std::vector<float> whole = product(kernels(), w.matrix, {.f32 = x.data()}, kTokens);
    for (int tokens = 1; tokens < kTokens; tokens += tokens < 34 ? 1 : 31) {
      const std::vector<float> some = product(kernels(), w.matrix, {.f32 = x.data()}, tokens);
      ASSERT_EQ(0, std::memcmp(some.data(), whole.data(), some.size() * sizeof(float)))
          << weight_type_traits(type)->name << " tokens " << tokens;
    }
  }
}

TEST_P(Matmul, WritesOnlyItsRows) {
  for (const WeightType type : kAllTypes) {
    const int cols = columns_for(type, 1);
    const RandomWeights w = random_weights(type, 96, cols, random_);
    const auto x =
        make_activations(random_floats(static_cast<std::size_t>(2 * cols), random_), 2, cols);
    std::vector<float> y(2 * 100, 7.0f);
    kernels().matmul(type)(w.matrix, x->view, 2, 32, 64, y.data(), 100);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t row = i % 100;
      EXPECT_EQ(y[i] == 7.0f, row < 32 || row >= 64) << weight_type_traits(type)->name << " " << i;
    }
  }
}

CROMWELL_FOR_EACH_ISA(Matmul);

TEST(GemmBlocks, FollowTheCaches) {
  const GemmBlocks blocks = gemm_blocks_for(std::size_t{256} << 10, std::size_t{8} << 20);
  EXPECT_EQ(blocks.tile_bytes, std::size_t{96} << 10);
  EXPECT_EQ(blocks.activation_bytes, std::size_t{4} << 20);
}

TEST(GemmBlocks, KeepActivationsInTheSecondLevelWhereThereIsNoThird) {
  EXPECT_EQ(gemm_blocks_for(std::size_t{2} << 20, 0).activation_bytes, std::size_t{2} << 20);
}

TEST(GemmBlocks, AreThereWhereTheCachesAreNotKnown) {
  const GemmBlocks blocks = gemm_blocks_for(0, 0);
  EXPECT_GT(blocks.tile_bytes, 0U);
  EXPECT_GT(blocks.activation_bytes, 0U);
}

}  // namespace
}  // namespace cromwell::kernels
