#include "kernels/avx2/avx2.h"
#include "kernels/avx2/rows.h"

namespace cromwell::kernels::avx2 {
namespace {

// The nibbles stay unsigned; their offset of 8 is taken off as 8 * sum of q.
struct Q4_0 {
  using V = Vector;
  using Block = BlockQ4_0;
  static constexpr int kBlocks = 1;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    Tile& tile = tiles(0);
    __m256i bytes[4];
    load_16_bytes(rows, 2, bytes);
    for (int i = 0; i < 4; ++i) {
      tile.w[i] = low_nibbles(bytes[i]);
      tile.w[i + 4] = high_nibbles(bytes[i]);
    }
    tile.scale = load_halves(rows, 0);
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i sum = _mm256_add_epi32(dot_nibbles(tile[h].w, x), offset_sum<3>(x));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

}  // namespace

void matmul_q4_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q4_0>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
