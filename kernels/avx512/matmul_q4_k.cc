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

  static void unpack_scales(const Block* const* rows, std::ptrdiff_t index, Tile* tiles) {
    __m512i head[4];  // d and dmin; bytes 0..3, 4..7, 8..11 of the scales
    load_16_bytes(rows, index, 0, head);
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
      tiles[s].scale = _mm512_mul_ps(d, _mm512_cvtepi32_ps(scale));
      tiles[s].minimum = _mm512_mul_ps(minus_dmin, _mm512_cvtepi32_ps(minimum));
    }
  }

  static void unpack(const Block* const* rows, std::ptrdiff_t index, Tile* tiles) {
    unpack_scales(rows, index, tiles);
    for (int chunk = 0; chunk < 8; ++chunk) {
      __m512i bytes[4];
      load_16_bytes(rows, index, 16 + 16 * chunk, bytes);
      Tile* pair = tiles + chunk / 2 * 2;
      for (int i = 0; i < 4; ++i) {
        pair[0].w[chunk % 2 * 4 + i] = low_nibbles(bytes[i]);
        pair[1].w[chunk % 2 * 4 + i] = high_nibbles(bytes[i]);
      }
    }
  }

  static __m512 accumulate(const Tile& tile, const PanelBlock& x, __m512 acc) {
    const __m512i sum = dot(tile.w, 0, 8, x, _mm512_setzero_si512());
    acc = add_scaled(tile.scale, x, sum, acc);
    return _mm512_fmadd_ps(tile.minimum, _mm512_set1_ps(x.scaled_sum), acc);
  }
};

}  // namespace

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  vector::Tiled<Q4_K>::matmul(w, x, tokens, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
