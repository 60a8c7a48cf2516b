// Packed rows hold the file's bytes in another order, and products read the same numbers from them.
#include "kernels/packed_rows.h"

#include <cstdlib>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Packed = std::unique_ptr<std::byte, Free>;

// Ends where its allocation ends, so that the address sanitizer sees any read past the last row.
Packed pack(const WeightMatrix& w) {
  Packed packed(static_cast<std::byte*>(std::aligned_alloc(64, packed_bytes(w))));
  pack_rows(w, 0, packed_runs(w), packed.get());
  return packed;
}

int columns_for(WeightType type, int blocks) {
  return static_cast<int>(weight_type_traits(type)->block_size) * blocks;
}

class PackedRowsOnEachIsa : public EachIsa {
 protected:
  std::vector<float> product(const WeightMatrix& w, const Activations& x, int tokens, int step) {
    std::vector<float> y(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(w.rows), -1);
    for (int row = 0; row < w.rows; row += step) {
      kernels().matmul(w.type)(w, x, tokens, row, std::min(w.rows, row + step), y.data(), w.rows);
    }
    return y;
  }
};

TEST_P(PackedRowsOnEachIsa, GiveTheSameBitsAsTheFile) {
  for (const WeightType type : kAllTypes) {
    for (const int rows : {1, 8, 15, 16, 17, 32, 48, 67}) {
      for (const int blocks : {1, 2, 3, 6}) {
        for (const int tokens : {1, 2, 8, 65}) {
          const int cols = columns_for(type, blocks);
          const RandomWeights weights = random_weights(type, rows, cols, random_);
          const auto x = make_activations(
              random_floats(static_cast<std::size_t>(tokens * cols), random_), tokens, cols);
          const auto expected = product(weights.matrix, x->view, tokens, rows);
          const Packed packed = pack(weights.matrix);
          WeightMatrix w = weights.matrix;
          w.packed = packed.get();
          if (kernels().reads_packed || !wants_quantized(type)) w.data = nullptr;
          for (const int step : {rows, kRowAlign}) {
            ASSERT_TRUE(same_bits(product(w, x->view, tokens, step), expected))
                << weight_type_traits(type)->name << " rows " << rows << " blocks " << blocks
                << " tokens " << tokens << " step " << step;
          }
        }
      }
    }
  }
}

TEST_P(PackedRowsOnEachIsa, OfFloatsHaveAnyNumberOfColumns) {
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBF16}) {
    for (const int rows : {1, 16, 33, 70}) {
      for (const int cols : {1, 4, 5, 24, 33, 576}) {
        const RandomWeights weights = random_weights(type, rows, cols, random_);
        const Packed packed = pack(weights.matrix);
        WeightMatrix w = weights.matrix;
        w.data = nullptr;
        w.packed = packed.get();
        for (const int tokens : {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 41}) {
          const auto x = random_floats(static_cast<std::size_t>(tokens * cols), random_);
          const Activations view{.f32 = x.data()};
          ASSERT_TRUE(same_bits(product(w, view, tokens, rows),
                                product(weights.matrix, view, tokens, rows)))
              << weight_type_traits(type)->name << " " << rows << " x " << cols << ", " << tokens;
        }
      }
    }
  }
}

TEST_P(PackedRowsOnEachIsa, OfAPartAreThatPartOfAll) {
  for (const WeightType type : {WeightType::kF32, WeightType::kF16, WeightType::kBF16}) {
    const RandomWeights weights = random_weights(type, 100, 24, random_);
    const Packed packed = pack(weights.matrix);
    WeightMatrix all = weights.matrix;
    all.packed = packed.get();
    const std::vector<float> x = random_floats(24, random_);
    std::vector<float> y(100);
    for (const int begin : {0, 32}) {
      const WeightMatrix part = packed_part(all, begin, begin == 0 ? 32 : 100);
      kernels().matmul(type)(part, {.f32 = x.data()}, 1, 0, part.rows, y.data() + begin, 100);
    }
    EXPECT_TRUE(same_bits(y, product(weights.matrix, {.f32 = x.data()}, 1, 100)));
  }
}

CROMWELL_FOR_EACH_ISA(PackedRowsOnEachIsa);

TEST(PackedRows, HaveTheWordsOfSixteenRowsSideBySide) {
  std::mt19937 random(kSeed);
  const RandomWeights w = random_weights(WeightType::kQ4_0, 32, 2 * 32, random);
  const Packed packed = pack(w.matrix);
  ASSERT_EQ(packed_stride(w.matrix), 16 * 36U);
  const auto same = [&](std::size_t at, int row, std::size_t offset, std::size_t bytes) {
    const std::byte* from = w.matrix.data + static_cast<std::size_t>(row) * 36 + offset;
    return std::memcmp(packed.get() + at, from, bytes) == 0;
  };
  for (const int run : {0, 1}) {
    const std::size_t begin = static_cast<std::size_t>(run) * 576;
    for (int r = 0; r < 16; ++r) {
      const int row = 16 * run + r;
      const auto lane = static_cast<std::size_t>(r);
      for (std::size_t word = 0; word < 4; ++word) {
        EXPECT_TRUE(same(begin + 64 * word + 4 * lane, row, 2 + 4 * word, 4));
        EXPECT_TRUE(same(begin + 320 + 64 * word + 4 * lane, row, 20 + 4 * word, 4));
      }
      EXPECT_TRUE(same(begin + 256 + 2 * lane, row, 0, 2));
      EXPECT_TRUE(same(begin + 288 + 2 * lane, row, 18, 2));
    }
  }
}

TEST(PackedRows, FillTheLastSixteenUpWithZeros) {
  std::mt19937 random(kSeed);
  const RandomWeights w = random_weights(WeightType::kQ8_0, 3, 32, random);
  const Packed packed = pack(w.matrix);
  for (std::size_t lane = 3; lane < 16; ++lane) {
    for (std::size_t word = 0; word < 8; ++word) {
      std::uint32_t value = 1;
      std::memcpy(&value, packed.get() + 64 * word + 4 * lane, sizeof value);
      EXPECT_EQ(value, 0U) << lane;
    }
  }
}

}  // namespace
}  // namespace cromwell::kernels
