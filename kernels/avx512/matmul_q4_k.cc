#include "kernels/avx512/avx512.h"
#include "kernels/avx512/rows.h"

namespace cromwell::kernels::avx512 {
namespace {

struct Q4_K {
  using V = Vector;
  using Block = BlockQ4_K;
  static constexpr int kBlocks = 8;
  struct Tile {
    __m512i w[8];
    __m512 scale;
    __m512 minimum;  // negative
  };

  static __m512i byte_field(__m512i lanes, int shift, int mask) {
    return _mm512_and_si512(_mm512_srli_epi32(lanes, static_cast<unsigned>(shift)),
                            _mm512_set1_epi32(mask));
  }
  // `low` bits and, above them, the two `high` bits: the split 6-bit numbers of blocks.h.
  static __m512i six_bits(__m512i low, __m512i high) {
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 4));
  }

  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles) {
    __m512i head[4];  // d and dmin; bytes 0..3, 4..7, 8..11 of the scales
    load_16_bytes(rows, 0, head);
    const __m512 d = low_half(head[0]);
    const __m512 minus_dmin = _mm512_sub_ps(_mm512_setzero_ps(), high_half(head[0]));
    for (int s = 0; s < 8; ++s) {
      const int at = 8 * (s % 4);
      const __m512i scale =
          s < 4 ? byte_field(head[1], at, 63)
                : six_bits(byte_field(head[3], at, 15), byte_field(head[1], at + 6, 3));
      const __m512i minimum =
          s < 4 ? byte_field(head[2], at, 63)
                : six_bits(byte_field(head[3], at + 4, 15), byte_field(head[2], at + 6, 3));
      tiles(s).scale = _mm512_mul_ps(d, _mm512_cvtepi32_ps(scale));
      tiles(s).minimum = _mm512_mul_ps(minus_dmin, _mm512_cvtepi32_ps(minimum));
    }
  }

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    unpack_scales(rows, tiles);
    for (int chunk = 0; chunk < 8; ++chunk) {
      __m512i bytes[4];
      load_16_bytes(rows, 16 + 16 * chunk, bytes);
      Tile& even = tiles(chunk / 2 * 2);
      Tile& odd = tiles(chunk / 2 * 2 + 1);
      for (int i = 0; i < 4; ++i) {
        even.w[chunk % 2 * 4 + i] = low_nibbles(bytes[i]);
        odd.w[chunk % 2 * 4 + i] = high_nibbles(bytes[i]);
      }
    }
  }

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i sums[kHeight];
    for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    add_dots<kHeight>(tile, 0, 8, x, sums);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_minimum(tile[h].minimum, x, acc[h]);
  }
};

}  // namespace

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q4_K>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
