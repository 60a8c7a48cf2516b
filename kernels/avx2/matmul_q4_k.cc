#include "kernels/avx2/avx2.h"
#include "kernels/avx2/rows.h"

namespace cromwell::kernels::avx2 {
namespace {

struct Q4_K {
  using V = Vector;
  using Block = BlockQ4_K;
  static constexpr int kBlocks = 8;
  struct Tile {
    __m256i w[8];
    __m256 scale;
    __m256 minimum;  // negative
  };

  static __m256i byte_field(__m256i lanes, int shift, int mask) {
    return _mm256_and_si256(_mm256_srli_epi32(lanes, shift), _mm256_set1_epi32(mask));
  }
  // `low` bits and, above them, the two `high` bits: the split 6-bit numbers of blocks.h.
  static __m256i six_bits(__m256i low, __m256i high) {
    return _mm256_or_si256(low, _mm256_slli_epi32(high, 4));
  }

  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles) {
    __m256i head[4];  // d and dmin; bytes 0..3, 4..7, 8..11 of the scales
    load_16_bytes(rows, 0, head);
    const __m256 d = low_half(head[0]);
    const __m256 minus_dmin = _mm256_sub_ps(_mm256_setzero_ps(), high_half(head[0]));
    for (int s = 0; s < 8; ++s) {
      const int at = 8 * (s % 4);
      const __m256i scale =
          s < 4 ? byte_field(head[1], at, 63)
                : six_bits(byte_field(head[3], at, 15), byte_field(head[1], at + 6, 3));
      const __m256i minimum =
          s < 4 ? byte_field(head[2], at, 63)
                : six_bits(byte_field(head[3], at + 4, 15), byte_field(head[2], at + 6, 3));
      tiles(s).scale = _mm256_mul_ps(d, _mm256_cvtepi32_ps(scale));
      tiles(s).minimum = _mm256_mul_ps(minus_dmin, _mm256_cvtepi32_ps(minimum));
    }
  }

  template <class Tiles>
  static void unpack(Rows rows, Tiles tiles) {
    unpack_scales(rows, tiles);
    for (int chunk = 0; chunk < 8; ++chunk) {
      __m256i bytes[4];
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
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      acc[h] = add_scaled(tile[h].scale, x, dot_nibbles(tile[h].w, x), acc[h]);
      acc[h] = add_minimum(tile[h].minimum, x, acc[h]);
    }
  }
};

}  // namespace

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::Tiled<Q4_K>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
