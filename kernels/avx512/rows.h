// Sixteen rows of weights into lanes: lane r holds what belongs to row r.
#pragma once

#include "kernels/avx512/vector.h"
#include "kernels/blocks.h"
#include "kernels/vector/tile.h"

namespace cromwell::kernels::avx512 {
namespace {

using vector::Rows;

// Lane r: the four bytes at `offset` in row r's block.
inline __m512i load_4_bytes(Rows rows, int offset) {
  const auto part = [&](int r) {
    const auto word = [&](int i) {
      std::int32_t value;
      __builtin_memcpy(&value, rows.at(i, offset), sizeof value);
      return value;
    };
    return _mm_setr_epi32(word(r), word(r + 1), word(r + 2), word(r + 3));
  };
  __m512i v = _mm512_castsi128_si512(part(0));
  v = _mm512_inserti32x4(v, part(4), 1);
  v = _mm512_inserti32x4(v, part(8), 2);
  return _mm512_inserti32x4(v, part(12), 3);
}

// The float16 at `offset` in the blocks of rows r .. r + 7.
inline __m128i eight_halves(Rows rows, int r, int offset) {
  const auto word = [&](int i) -> int {
    std::uint16_t value;
    __builtin_memcpy(&value, rows.at(r + i, offset), sizeof value);
    return value;
  };
  __m128i v = _mm_cvtsi32_si128(word(0));
  v = _mm_insert_epi16(v, word(1), 1);
  v = _mm_insert_epi16(v, word(2), 2);
  v = _mm_insert_epi16(v, word(3), 3);
  v = _mm_insert_epi16(v, word(4), 4);
  v = _mm_insert_epi16(v, word(5), 5);
  v = _mm_insert_epi16(v, word(6), 6);
  return _mm_insert_epi16(v, word(7), 7);
}

// Lane r: the float16 at `offset` in row r's block.
inline __m512 load_halves(Rows rows, int offset) {
  const __m256i low = _mm256_castsi128_si256(eight_halves(rows, 0, offset));
  return _mm512_cvtph_ps(_mm256_inserti128_si256(low, eight_halves(rows, 8, offset), 1));
}

// out[i], lane r: bytes 4 i .. 4 i + 3 of the 16 at `offset` in row r's block.
//   a: rows 0 4 8 12, b: rows 1 5 9 13, ... one per 128-bit lane, as dwords a0 a1 a2 a3
//   unpack 32:  a0 b0 a1 b1 | a2 b2 a3 b3   and   c0 d0 c1 d1 | c2 d2 c3 d3
//   unpack 64:  a0 b0 c0 d0 | a1 b1 c1 d1 | a2 b2 c2 d2 | a3 b3 c3 d3
// Masked broadcasts go to any of the vector units, where inserts would wait for the shuffles.
inline void load_16_bytes(Rows rows, int offset, __m512i* out) {
  __m512i in[4];
  for (int i = 0; i < 4; ++i) {
    const auto part = [&](int r) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.at(r, offset)));
    };
    __m512i v = _mm512_castsi128_si512(part(i));
    v = _mm512_mask_broadcast_i32x4(v, 0x00f0, part(i + 4));
    v = _mm512_mask_broadcast_i32x4(v, 0x0f00, part(i + 8));
    in[i] = _mm512_mask_broadcast_i32x4(v, 0xf000, part(i + 12));
  }
  const __m512i ab_low = _mm512_unpacklo_epi32(in[0], in[1]);
  const __m512i ab_high = _mm512_unpackhi_epi32(in[0], in[1]);
  const __m512i cd_low = _mm512_unpacklo_epi32(in[2], in[3]);
  const __m512i cd_high = _mm512_unpackhi_epi32(in[2], in[3]);
  out[0] = _mm512_unpacklo_epi64(ab_low, cd_low);
  out[1] = _mm512_unpackhi_epi64(ab_low, cd_low);
  out[2] = _mm512_unpacklo_epi64(ab_high, cd_high);
  out[3] = _mm512_unpackhi_epi64(ab_high, cd_high);
}

// The float16 in the low, or the high, half of each lane.
inline __m512 low_half(__m512i lanes) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(lanes)); }
inline __m512 high_half(__m512i lanes) { return low_half(_mm512_srli_epi32(lanes, 16)); }

// Adds w . q of each token to `sums`, exactly; w holds 32 weights of each row as unsigned bytes:
// w[i], lane r: weights 4 i .. 4 i + 3 of row r. `begin` and `end` choose among the eight groups of
// four. A sum waits for the one before it: several rows and tokens in turn keep the units busy.
template <int kHeight, int kTokens, class Tile>
[[gnu::always_inline]] inline void add_dots(const Tile* tile, int begin, int end,
                                            const ActivationBlock* x, __m512i* sums) {
#pragma GCC unroll 8
  for (int i = begin; i < end; ++i) {
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
      std::int32_t four;
      __builtin_memcpy(&four, x[t].q + 4 * i, sizeof four);
      const __m512i q = _mm512_set1_epi32(four);
#pragma GCC unroll 8
      for (int h = 0; h < kHeight; ++h) {
        __m512i& sum = sums[t * kHeight + h];
        sum = _mm512_dpbusd_epi32(sum, tile[h].w[i], q);
      }
    }
  }
}

// out[0], out[1], lane r: the first and last four of the eight bytes at `offset` in row
// r's block.
//   in[0]: rows 0 1, 4 5, ... one pair per 128-bit lane, as dwords a0 a1 b0 b1; in[1]: rows 2 3,
//   ... shuffle:  a0 b0 c0 d0   and   a1 b1 c1 d1
inline void load_8_bytes(Rows rows, int offset, __m512i* out) {
  __m512 in[2];
  for (int i = 0; i < 2; ++i) {
    const auto part = [&](int r) {
      const auto at = [&](int row) { return reinterpret_cast<const __m64*>(rows.at(row, offset)); };
      return _mm_loadh_pi(_mm_loadl_pi(_mm_setzero_ps(), at(r)), at(r + 1));
    };
    __m512 v = _mm512_castps128_ps512(part(2 * i));
    v = _mm512_insertf32x4(v, part(2 * i + 4), 1);
    v = _mm512_insertf32x4(v, part(2 * i + 8), 2);
    in[i] = _mm512_insertf32x4(v, part(2 * i + 12), 3);
  }
  out[0] = _mm512_castps_si512(_mm512_shuffle_ps(in[0], in[1], 0x88));
  out[1] = _mm512_castps_si512(_mm512_shuffle_ps(in[0], in[1], 0xdd));
}

}  // namespace
}  // namespace cromwell::kernels::avx512
