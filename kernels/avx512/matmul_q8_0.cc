#include "kernels/avx512/avx512.h"
#include "kernels/avx512/rows.h"

namespace cromwell::kernels::avx512 {
namespace {

// The weights become unsigned by adding 128, which is taken off again as 128 * sum of q.
struct Q8_0 {
  using V = Vector;
  using Block = BlockQ8_0;
  static constexpr int kBlocks = 1;
  struct Tile {
    __m512i w[8];
    __m512 scale;
  };

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    Tile& tile = tiles(0);
    load_16_bytes(rows, 2, tile.w);
    load_16_bytes(rows, 18, tile.w + 4);
    for (__m512i& w : tile.w) w = _mm512_xor_si512(w, _mm512_set1_epi8(-128));
    tile.scale = load_halves(rows, 0);
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i sums[kHeight];
    for (__m512i& sum : sums) sum = offset_sum<7>(x);
    add_dots<kHeight>(tile, 0, 8, x, sums);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
  }
};

}  // namespace

void matmul_q8_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q8_0>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
