#include "kernels/avx2/avx2.h"
#include "kernels/avx2/rows.h"

namespace cromwell::kernels::avx2 {
namespace {

// sum over both halves of 16: scale[s] * (w . q - 32 * sum of q), in integers; |sum| < 2^27.
struct Q6_K {
  using V = Vector;
  using Block = BlockQ6_K;
  static constexpr int kBlocks = 8;
  struct Tile {
    __m256i w[8];
    __m256i scales[2];   // each twice as int16
    __m256i scale_pair;  // both as int16, the first in the low half
    __m256 scale;
  };

  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles) {
    __m256i bytes[4];  // [i], byte j: the scale of sub-block 4 i + j
    load_16_bytes(rows, 192, bytes);
    const __m256 d = load_halves(rows, 208);
    for (int b = 0; b < 8; ++b) {
      const __m256i pair = _mm256_srli_epi32(bytes[b / 2], b % 2 * 16);
      const __m256i first = _mm256_srai_epi32(_mm256_slli_epi32(pair, 24), 24);
      const __m256i second = _mm256_srai_epi32(_mm256_slli_epi32(pair, 16), 24);
      tiles(b).scales[0] = join(first, first);
      tiles(b).scales[1] = join(second, second);
      tiles(b).scale_pair = join(first, second);
      tiles(b).scale = d;
    }
  }

  static __m256i join(__m256i low, __m256i high) {
    return _mm256_blend_epi16(low, _mm256_slli_epi32(high, 16), 0xaa);
  }

  // The two high bits of group g, at bits 5..4.
  static __m256i high_bits(__m256i bytes, int g) {
    const __m256i moved =
        g < 2 ? _mm256_slli_epi32(bytes, 4 - 2 * g) : _mm256_srli_epi32(bytes, 2 * g - 4);
    return _mm256_and_si256(moved, _mm256_set1_epi8(0x30));
  }

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    unpack_scales(rows, tiles);
    for (int h = 0; h < 2; ++h) {
      for (int c = 0; c < 2; ++c) {  // the two 16s of each group of 32
        __m256i low[2][4];
        __m256i high[4];
        load_16_bytes(rows, 64 * h + 16 * c, low[0]);
        load_16_bytes(rows, 64 * h + 32 + 16 * c, low[1]);
        load_16_bytes(rows, 128 + 32 * h + 16 * c, high);
        for (int g = 0; g < 4; ++g) {
          for (int i = 0; i < 4; ++i) {
            const __m256i nibbles = g < 2 ? low_nibbles(low[g][i]) : high_nibbles(low[g - 2][i]);
            tiles(4 * h + g).w[4 * c + i] = _mm256_or_si256(nibbles, high_bits(high[i], g));
          }
        }
      }
    }
  }

  // 16 weights times activations times their scale. Two pair sums fit int16: 4 * 63 * 127 = 32004.
  static __m256i scaled_dot(const __m256i* w, int begin, const ActivationBlock& x, __m256i scale) {
    const auto pairs = [&](int i) { return _mm256_maddubs_epi16(w[i], four_activations(x, i)); };
    const __m256i a = _mm256_add_epi16(pairs(begin), pairs(begin + 1));
    const __m256i b = _mm256_add_epi16(pairs(begin + 2), pairs(begin + 3));
    return _mm256_add_epi32(_mm256_madd_epi16(a, scale), _mm256_madd_epi16(b, scale));
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    std::int32_t sums;
    __builtin_memcpy(&sums, x.sum16, sizeof sums);
    for (int h = 0; h < kHeight; ++h) {
      const __m256i offset = _mm256_madd_epi16(tile[h].scale_pair, _mm256_set1_epi32(sums));
      const __m256i products = _mm256_add_epi32(scaled_dot(tile[h].w, 0, x, tile[h].scales[0]),
                                                scaled_dot(tile[h].w, 4, x, tile[h].scales[1]));
      const __m256i sum = _mm256_sub_epi32(products, _mm256_slli_epi32(offset, 5));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

}  // namespace

void matmul_q6_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q6_K>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
