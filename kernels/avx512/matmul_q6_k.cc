#include "kernels/avx512/avx512.h"
#include "kernels/avx512/rows.h"

namespace cromwell::kernels::avx512 {
namespace {

// sum over both halves of 16: scale[s] * (w . q - 32 * sum of q), in integers; |sum| < 2^27.
struct Q6_K {
  using V = Vector;
  using Block = BlockQ6_K;
  static constexpr int kBlocks = 8;
  struct Tile {
    __m512i w[8];
    __m512i scales[2];
    __m512i scale_pair;  // both as int16, the first in the low half
    __m512 scale;
  };

  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles) {
    __m512i bytes[4];  // [i], byte j: the scale of sub-block 4 i + j
    load_16_bytes(rows, 192, bytes);
    const __m512 d = load_halves(rows, 208);
    for (int b = 0; b < 8; ++b) {
      const __m512i pair = _mm512_srli_epi32(bytes[b / 2], static_cast<unsigned>(b % 2 * 16));
      const __m512i first = _mm512_srai_epi32(_mm512_slli_epi32(pair, 24), 24);
      const __m512i second = _mm512_srai_epi32(_mm512_slli_epi32(pair, 16), 24);
      tiles(b).scales[0] = first;
      tiles(b).scales[1] = second;
      tiles(b).scale_pair =
          _mm512_mask_blend_epi16(0xaaaaaaaau, first, _mm512_slli_epi32(second, 16));
      tiles(b).scale = d;
    }
  }

  // The two high bits of group g, at bits 5..4.
  static __m512i high_bits(__m512i bytes, int g) {
    const __m512i moved = g < 2 ? _mm512_slli_epi32(bytes, static_cast<unsigned>(4 - 2 * g))
                                : _mm512_srli_epi32(bytes, static_cast<unsigned>(2 * g - 4));
    return _mm512_and_si512(moved, _mm512_set1_epi8(0x30));
  }

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    unpack_scales(rows, tiles);
    for (int h = 0; h < 2; ++h) {
      for (int c = 0; c < 2; ++c) {  // the two 16s of each group of 32
        __m512i low[2][4];
        __m512i high[4];
        load_16_bytes(rows, 64 * h + 16 * c, low[0]);
        load_16_bytes(rows, 64 * h + 32 + 16 * c, low[1]);
        load_16_bytes(rows, 128 + 32 * h + 16 * c, high);
        for (int g = 0; g < 4; ++g) {
          for (int i = 0; i < 4; ++i) {
            const __m512i nibbles = g < 2 ? low_nibbles(low[g][i]) : high_nibbles(low[g - 2][i]);
            tiles(4 * h + g).w[4 * c + i] = _mm512_or_si512(nibbles, high_bits(high[i], g));
          }
        }
      }
    }
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i first[kHeight];
    __m512i second[kHeight];
    for (int h = 0; h < kHeight; ++h) first[h] = second[h] = _mm512_setzero_si512();
    add_dots<kHeight>(tile, 0, 4, x, first);
    add_dots<kHeight>(tile, 4, 8, x, second);
    std::int32_t sums;
    __builtin_memcpy(&sums, x.sum16, sizeof sums);
    for (int h = 0; h < kHeight; ++h) {
      const __m512i offset = _mm512_madd_epi16(tile[h].scale_pair, _mm512_set1_epi32(sums));
      const __m512i products = _mm512_add_epi32(_mm512_mullo_epi32(tile[h].scales[0], first[h]),
                                                _mm512_mullo_epi32(tile[h].scales[1], second[h]));
      const __m512i sum = _mm512_sub_epi32(products, _mm512_slli_epi32(offset, 5));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

}  // namespace

void matmul_q6_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q6_K>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
