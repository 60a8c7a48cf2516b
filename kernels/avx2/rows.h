// Eight rows of weights into lanes: lane r holds what belongs to row r.
#pragma once

#include "kernels/avx2/vector.h"
#include "kernels/blocks.h"
#include "kernels/vector/tile.h"

namespace cromwell::kernels::avx2 {
namespace {

using vector::Rows;

// out[i], lane r: bytes 4 i .. 4 i + 3 of the 16 at `offset` in row r's block.
//   a: rows 0 4, b: rows 1 5, ... one per 128-bit lane, as dwords a0 a1 a2 a3
//   unpack 32:  a0 b0 a1 b1 | a2 b2 a3 b3   and   c0 d0 c1 d1 | c2 d2 c3 d3
//   unpack 64:  a0 b0 c0 d0 | a1 b1 c1 d1 | a2 b2 c2 d2 | a3 b3 c3 d3
inline void load_16_bytes(Rows rows, int offset, __m256i* out) {
  __m256i in[4];
  for (int i = 0; i < 4; ++i) {
    const auto part = [&](int r) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows.at(r, offset)));
    };
    in[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(part(i)), part(i + 4), 1);
  }
  const __m256i ab_low = _mm256_unpacklo_epi32(in[0], in[1]);
  const __m256i ab_high = _mm256_unpackhi_epi32(in[0], in[1]);
  const __m256i cd_low = _mm256_unpacklo_epi32(in[2], in[3]);
  const __m256i cd_high = _mm256_unpackhi_epi32(in[2], in[3]);
  out[0] = _mm256_unpacklo_epi64(ab_low, cd_low);
  out[1] = _mm256_unpackhi_epi64(ab_low, cd_low);
  out[2] = _mm256_unpacklo_epi64(ab_high, cd_high);
  out[3] = _mm256_unpackhi_epi64(ab_high, cd_high);
}

// Lane r: the four bytes at `offset` in row r's block.
inline __m256i load_4_bytes(Rows rows, int offset) {
  const auto word = [&](int i) {
    std::int32_t value;
    __builtin_memcpy(&value, rows.at(i, offset), sizeof value);
    return value;
  };
  return _mm256_setr_epi32(word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7));
}

// Lane r: the float16 at `offset` in row r's block.
inline __m256 load_halves(Rows rows, int offset) {
  const auto word = [&](int i) -> int {
    std::uint16_t value;
    __builtin_memcpy(&value, rows.at(i, offset), sizeof value);
    return value;
  };
  __m128i v = _mm_cvtsi32_si128(word(0));
  v = _mm_insert_epi16(v, word(1), 1);
  v = _mm_insert_epi16(v, word(2), 2);
  v = _mm_insert_epi16(v, word(3), 3);
  v = _mm_insert_epi16(v, word(4), 4);
  v = _mm_insert_epi16(v, word(5), 5);
  v = _mm_insert_epi16(v, word(6), 6);
  return _mm256_cvtph_ps(_mm_insert_epi16(v, word(7), 7));
}

// The float16 in the low, or the high, half of each lane.
inline __m256 low_half(__m256i lanes) {
  const __m256i low = _mm256_and_si256(lanes, _mm256_set1_epi32(0xffff));
  return _mm256_cvtph_ps(
      _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
}
inline __m256 high_half(__m256i lanes) { return low_half(_mm256_srli_epi32(lanes, 16)); }

// Activations 4 i .. 4 i + 3 in every lane.
inline __m256i four_activations(const ActivationBlock& x, int i) {
  std::int32_t four;
  __builtin_memcpy(&four, x.q + 4 * i, sizeof four);
  return _mm256_set1_epi32(four);
}

// out[0], out[1], lane r: the first and last four of the eight bytes at `offset` in row
// r's block.
//   in[0]: rows 0 1, 4 5, one pair per 128-bit lane, as dwords a0 a1 b0 b1; in[1]: rows 2 3, 6 7
//   shuffle:  a0 b0 c0 d0   and   a1 b1 c1 d1
inline void load_8_bytes(Rows rows, int offset, __m256i* out) {
  __m256 in[2];
  for (int i = 0; i < 2; ++i) {
    const auto part = [&](int r) {
      const auto at = [&](int row) { return reinterpret_cast<const __m64*>(rows.at(row, offset)); };
      return _mm_loadh_pi(_mm_loadl_pi(_mm_setzero_ps(), at(r)), at(r + 1));
    };
    in[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(part(2 * i)), part(2 * i + 4), 1);
  }
  out[0] = _mm256_castps_si256(_mm256_shuffle_ps(in[0], in[1], 0x88));
  out[1] = _mm256_castps_si256(_mm256_shuffle_ps(in[0], in[1], 0xdd));
}

}  // namespace
}  // namespace cromwell::kernels::avx2
