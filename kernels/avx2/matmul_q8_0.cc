#include "kernels/avx2/avx2.h"
#include "kernels/avx2/rows.h"

namespace cromwell::kernels::avx2 {
namespace {

// Unsigned times signed bytes: |w| * (q with w's sign). A pair is at most 2 * 128 * 127 = 32512 and
// fits int16, two pairs do not.
struct Q8_0 {
  using V = Vector;
  using Block = BlockQ8_0;
  static constexpr int kBlocks = 1;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    Tile& tile = tiles(0);
    load_16_bytes(rows, 2, tile.w);
    load_16_bytes(rows, 18, tile.w + 4);
    tile.scale = load_halves(rows, 0);
  }

  static __m256i dot(const __m256i* w, const ActivationBlock& x) {
    __m256i sum = _mm256_setzero_si256();
    for (int i = 0; i < 8; ++i) {
      const __m256i signed_q = _mm256_sign_epi8(four_activations(x, i), w[i]);
      const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w[i]), signed_q);
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    }
    return sum;
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      acc[h] = add_scaled(tile[h].scale, x, dot(tile[h].w, x), acc[h]);
    }
  }
};

}  // namespace

void matmul_q8_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q8_0>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
