// Sixteen floats: what kernels/vector/ builds on, in AVX-512 (F, BW, DQ, VL, VNNI).
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::avx512 {
namespace {

struct Vector {
  using Float = __m512;
  static constexpr int kLanes = 16;
  static constexpr int kAttentionSums = 24;  // attention: sums that stay in registers
  static constexpr int kTileHeight = 2;      // quantised matmul: vectors of rows in a tile
  static constexpr int kSgemmHeight = 3;     // float matmul: vectors of rows and
  static constexpr int kSgemmTokens = 8;     // tokens in a tile: 24 sums of 32 registers
  static constexpr int kPackedSums = 16;     // packed float matmul: sums of a tile

  [[gnu::always_inline]] static void prefetch(const void* at) {
    _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T0);
  }
  [[gnu::always_inline]] static void prefetch_l2(const void* at) {
    _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T1);
  }

  static Float zero() { return _mm512_setzero_ps(); }
  static Float broadcast(float value) { return _mm512_set1_ps(value); }
  static Float load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Float value) { _mm512_storeu_ps(to, value); }
  static __mmask16 first(int n) { return static_cast<__mmask16>((1u << n) - 1); }
  static Float load_partial(const float* from, int n) {
    return _mm512_maskz_loadu_ps(first(n), from);
  }
  static void store_partial(float* to, Float value, int n) {
    _mm512_mask_storeu_ps(to, first(n), value);
  }

  static Float load_half(const half* from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static Float load_bf16(const std::uint16_t* from) {
    const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(values), 16));
  }
  static Float load_half_partial(const half* from, int n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), from));
  }
  static void store_half_partial(half* to, Float value, int n) {
    const __m256i halves = _mm512_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_mask_storeu_epi16(to, first(n), halves);
  }
  static Float load_int8(const std::int8_t* from) {
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
  }
  // Of 32 floats: rounds to nearest even, keeps the low bytes.
  static __m256i to_int8(const Float* values) {
    const __m128i low = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(values[0]));
    const __m128i high = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(values[1]));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
  }
  // Of 32 int8.
  static __m256i sum_fours(__m256i bytes) {
    return _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), bytes);
  }
  // The first n lanes of a, the rest of b.
  static Float first_or(Float a, int n, Float b) { return _mm512_mask_mov_ps(b, first(n), a); }
  // Rounds to nearest even, keeps the low byte.
  static void store_int8(std::int8_t* to, Float value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(value)));
  }

  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Float sub(Float a, Float b) { return _mm512_sub_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float div(Float a, Float b) { return _mm512_div_ps(a, b); }
  static Float max(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float min(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float abs(Float a) { return _mm512_abs_ps(a); }
  static Float sqrt(Float a) { return _mm512_sqrt_ps(a); }
  static Float round(Float a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // a * 2^n for whole n
  static Float scale_by_power(Float a, Float n) { return _mm512_scalef_ps(a, n); }

  static float first_lane(Float a) { return _mm512_cvtss_f32(a); }
  // Halves, then quarters, ...: one fixed tree.
  static float reduce_add(Float a) {
    const __m256 b = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 c = _mm_add_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    const __m128 d = _mm_add_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_add_ss(d, _mm_movehdup_ps(d)));
  }
  static float reduce_max(Float a) {
    const __m256 b = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    const __m128 c = _mm_max_ps(_mm256_castps256_ps128(b), _mm256_extractf128_ps(b, 1));
    const __m128 d = _mm_max_ps(c, _mm_movehl_ps(c, c));
    return _mm_cvtss_f32(_mm_max_ss(d, _mm_movehdup_ps(d)));
  }
  // Each one's largest lane: transposed four by four, then halves, then quarters.
  static void store_maxima(float* to, Float a, Float b, Float c, Float d) {
    const Float ab = max(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const Float cd = max(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    const Float all = max(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
    const __m256 half = _mm256_max_ps(_mm512_castps512_ps256(all), _mm512_extractf32x8_ps(all, 1));
    _mm_storeu_ps(to, _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
  }

  // Transposes [kLanes, kWords] words of 32 bits, rows `stride` bytes apart: store(c, column c).
  // Sixteen words are a whole cache line, so each line is touched once even where a power of two as
  // stride puts all rows into the same few places of the cache.
  //   rows 4 g .. 4 g + 3, after two unpack steps: part[g][j], 128-bit lane l holds column 4 l + j
  //   then for each j the four lanes of the four parts change places
  static constexpr int kWords = 16;
  template <class Store>
  static void transpose_words(const void* from, std::ptrdiff_t stride, Store store_column) {
    __m512d part[4][4];
    for (int g = 0; g < 4; ++g) {
      const char* rows = static_cast<const char*>(from) + 4 * g * stride;
      const __m512i r0 = _mm512_loadu_si512(rows);
      const __m512i r1 = _mm512_loadu_si512(rows + stride);
      const __m512i r2 = _mm512_loadu_si512(rows + 2 * stride);
      const __m512i r3 = _mm512_loadu_si512(rows + 3 * stride);
      const __m512d a = _mm512_castsi512_pd(_mm512_unpacklo_epi32(r0, r1));
      const __m512d b = _mm512_castsi512_pd(_mm512_unpackhi_epi32(r0, r1));
      const __m512d c = _mm512_castsi512_pd(_mm512_unpacklo_epi32(r2, r3));
      const __m512d d = _mm512_castsi512_pd(_mm512_unpackhi_epi32(r2, r3));
      part[g][0] = _mm512_unpacklo_pd(a, c);
      part[g][1] = _mm512_unpackhi_pd(a, c);
      part[g][2] = _mm512_unpacklo_pd(b, d);
      part[g][3] = _mm512_unpackhi_pd(b, d);
    }
    for (int j = 0; j < 4; ++j) {
      const __m512d a = _mm512_shuffle_f64x2(part[0][j], part[1][j], 0x44);
      const __m512d b = _mm512_shuffle_f64x2(part[0][j], part[1][j], 0xee);
      const __m512d c = _mm512_shuffle_f64x2(part[2][j], part[3][j], 0x44);
      const __m512d d = _mm512_shuffle_f64x2(part[2][j], part[3][j], 0xee);
      store_column(j, _mm512_castpd_si512(_mm512_shuffle_f64x2(a, c, 0x88)));
      store_column(j + 4, _mm512_castpd_si512(_mm512_shuffle_f64x2(a, c, 0xdd)));
      store_column(j + 8, _mm512_castpd_si512(_mm512_shuffle_f64x2(b, d, 0x88)));
      store_column(j + 12, _mm512_castpd_si512(_mm512_shuffle_f64x2(b, d, 0xdd)));
    }
  }

  // The two floats that a word of two bfloat16 holds: the low half comes first.
  static void store_bf16(__m512i words, float* low, float* high) {
    store(low, _mm512_castsi512_ps(_mm512_slli_epi32(words, 16)));
    const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000u));
    store(high, _mm512_castsi512_ps(_mm512_and_si512(words, upper)));
  }
  static void store_words(__m512i words, float* to) { _mm512_storeu_si512(to, words); }

  // Transposes [kLanes, 8] halves, rows `stride` apart, into 8 rows of kLanes floats, `to_stride`
  // apart. Rows j and j + 8 share a register's two 128-bit lanes; each step doubles what lies
  // together: 16, 32, 64 bits.
  static void transpose_halves(const half* from, std::ptrdiff_t stride, float* to,
                               std::ptrdiff_t to_stride) {
    __m256i a[8];
    __m256i b[8];
    for (int j = 0; j < 8; ++j) {
      const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + j * stride));
      const __m128i high =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + (j + 8) * stride));
      a[j] = _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
    }
    for (int j = 0; j < 4; ++j) {
      b[2 * j] = _mm256_unpacklo_epi16(a[2 * j], a[2 * j + 1]);
      b[2 * j + 1] = _mm256_unpackhi_epi16(a[2 * j], a[2 * j + 1]);
    }
    for (int j = 0; j < 8; j += 4) {
      a[j] = _mm256_unpacklo_epi32(b[j], b[j + 2]);
      a[j + 1] = _mm256_unpackhi_epi32(b[j], b[j + 2]);
      a[j + 2] = _mm256_unpacklo_epi32(b[j + 1], b[j + 3]);
      a[j + 3] = _mm256_unpackhi_epi32(b[j + 1], b[j + 3]);
    }
    for (int j = 0; j < 4; ++j) {
      store(to + 2 * j * to_stride, _mm512_cvtph_ps(_mm256_unpacklo_epi64(a[j], a[j + 4])));
      store(to + (2 * j + 1) * to_stride, _mm512_cvtph_ps(_mm256_unpackhi_epi64(a[j], a[j + 4])));
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx512
