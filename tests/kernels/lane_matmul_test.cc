// Products with matrices in lane order against those of the same matrix by rows.
#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

class LaneMatmul : public EachIsa {};

// The matrix in lane order, NaN past its end, which no product may read into a result.
std::vector<std::byte> in_lane_order(const WeightMatrix& matrix) {
  const bool is_half = matrix.type == WeightType::kF16;
  const std::size_t size = is_half ? 2 : 4;
  std::vector<std::byte> bytes(lane_places(matrix.rows, matrix.cols) * size, std::byte{0xff});
  for (int row = 0; row < matrix.rows; ++row) {
    for (int col = 0; col < matrix.cols; ++col) {
      std::memcpy(bytes.data() + lane_place(matrix.cols, row, col) * size,
                  matrix.data + static_cast<std::size_t>(row) * matrix.row_bytes +
                      static_cast<std::size_t>(col) * size,
                  size);
    }
  }
  return bytes;
}

TEST_P(LaneMatmul, EqualsTheProductByRowsBitForBit) {
  for (const WeightType type : {WeightType::kF16, WeightType::kF32}) {
    for (const int rows : {1, 8, 15, 16, 17, 24, 40, 63, 64, 65, 200}) {
      for (const int cols : {1, 4, 24, 33, 576}) {
        const RandomWeights weights = random_weights(type, rows, cols, random_);
        const std::vector<std::byte> bytes = in_lane_order(weights.matrix);
        const LaneMatrix lanes{.data = bytes.data(), .type = type, .rows = rows, .cols = cols};
        for (const int tokens : {1, 2, 3, 4, 5, 9}) {
          const std::vector<float> x = random_floats(
              static_cast<std::size_t>(tokens) * static_cast<std::size_t>(cols), random_);
          const int stride = rows + 3;
          std::vector<float> expected(static_cast<std::size_t>(tokens * stride), -1);
          std::vector<float> y = expected;
          kernels().matmul(type)(weights.matrix, {.f32 = x.data()}, tokens, 0, rows,
                                 expected.data(), stride);
          kernels().lane_matmul(lanes, x.data(), tokens, y.data(), stride);
          EXPECT_TRUE(same_bits(y, expected)) << rows << " x " << cols << ", " << tokens;
        }
      }
    }
  }
}

TEST_P(LaneMatmul, OfSomeRowsIsThatPartOfAll) {
  const RandomWeights weights = random_weights(WeightType::kF16, 100, 24, random_);
  const std::vector<std::byte> bytes = in_lane_order(weights.matrix);
  const LaneMatrix all{.data = bytes.data(), .type = WeightType::kF16, .rows = 100, .cols = 24};
  const std::vector<float> x = random_floats(24, random_);
  std::vector<float> expected(100);
  kernels().lane_matmul(all, x.data(), 1, expected.data(), 100);
  std::vector<float> y(100);
  for (const int begin : {0, 32}) {
    const int end = begin == 0 ? 32 : 100;
    kernels().lane_matmul(lane_rows(all, begin, end), x.data(), 1, y.data() + begin, 100);
  }
  EXPECT_TRUE(same_bits(y, expected));
}

CROMWELL_FOR_EACH_ISA(LaneMatmul);

}  // namespace
}  // namespace cromwell::kernels
