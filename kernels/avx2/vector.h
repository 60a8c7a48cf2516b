// Eight floats: what kernels/vector/ builds on, in AVX2 with FMA and F16C.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::avx2 {
namespace {

struct Vector {
  using Float = __m256;
  static constexpr int kLanes = 8;
  static constexpr int kAttentionSums = 12;  // attention: sums that stay in registers
  static constexpr int kTileHeight = 1;      // quantised matmul: vectors of rows in a tile
  static constexpr int kSgemmHeight = 3;     // float matmul: vectors of rows and
  static constexpr int kSgemmTokens = 4;     // tokens in a tile: 12 sums of 16 registers
  static constexpr int kPackedSums = 12;     // packed float matmul: sums of a tile

  [[gnu::always_inline]] static void prefetch(const void* at) {
    _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T0);
  }
  [[gnu::always_inline]] static void prefetch_l2(const void* at) {
    _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T1);
  }

  static Float zero() { return _mm256_setzero_ps(); }
  static Float broadcast(float value) { return _mm256_set1_ps(value); }
  static Float load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Float value) { _mm256_storeu_ps(to, value); }
  // All bits set in the first n lanes.
  static __m256i first(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Float load_partial(const float* from, int n) { return _mm256_maskload_ps(from, first(n)); }
  static void store_partial(float* to, Float value, int n) {
    _mm256_maskstore_ps(to, first(n), value);
  }

  static Float load_half(const half* from) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static Float load_bf16(const std::uint16_t* from) {
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(values), 16));
  }
  static Float load_half_partial(const half* from, int n) {
    return _mm256_cvtph_ps(load_16bit_partial(from, n));
  }
  static void store_half_partial(half* to, Float value, int n) {
    alignas(16) half halves[8];
    _mm_store_si128(reinterpret_cast<__m128i*>(halves),
                    _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
    for (int i = 0; i < n; ++i) to[i] = halves[i];
  }
  static __m128i load_16bit_partial(const std::uint16_t* from, int n) {
    alignas(16) std::uint16_t values[8] = {};
    for (int i = 0; i < n; ++i) values[i] = from[i];
    return _mm_load_si128(reinterpret_cast<const __m128i*>(values));
  }
  static Float load_int8(const std::int8_t* from) {
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  }
  // Of 32 floats: rounds to nearest even; the values fit.
  static __m256i to_int8(const Float* values) {
    const auto words = [&](int i) {
      return _mm256_packs_epi32(_mm256_cvtps_epi32(values[i]), _mm256_cvtps_epi32(values[i + 1]));
    };
    const __m256i fours = _mm256_packs_epi16(words(0), words(2));  // 0 2 4 6 1 3 5 7
    return _mm256_permutevar8x32_epi32(fours, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  }
  // Of 32 int8.
  static __m256i sum_fours(__m256i bytes) {
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), bytes);
    return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
  }
  // The first n lanes of a, the rest of b.
  static Float first_or(Float a, int n, Float b) {
    return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(first(n)));
  }
  // Rounds to nearest even; the values fit.
  static void store_int8(std::int8_t* to, Float value) {
    const __m256i whole = _mm256_cvtps_epi32(value);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packs_epi16(words, words));
  }

  static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
  static Float sub(Float a, Float b) { return _mm256_sub_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float div(Float a, Float b) { return _mm256_div_ps(a, b); }
  static Float max(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Float min(Float a, Float b) { return _mm256_min_ps(a, b); }
  static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float abs(Float a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
  static Float sqrt(Float a) { return _mm256_sqrt_ps(a); }
  static Float round(Float a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  // a * 2^n for whole n, |n| < 252: in two factors, so that each exponent is in range.
  static Float scale_by_power(Float a, Float n) {
    const __m256i whole = _mm256_cvtps_epi32(n);
    const __m256i part = _mm256_srai_epi32(whole, 1);
    return mul(mul(a, power(part)), power(_mm256_sub_epi32(whole, part)));
  }
  static Float power(__m256i n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
  }

  static float first_lane(Float a) { return _mm256_cvtss_f32(a); }
  // Halves, then quarters, ...: one fixed tree.
  static float reduce_add(Float a) {
    const __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 c = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
  }
  static float reduce_max(Float a) {
    const __m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 c = _mm_max_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_max_ss(c, _mm_movehdup_ps(c)));
  }
  // Each one's largest lane: transposed four by four, then halves.
  static void store_maxima(float* to, Float a, Float b, Float c, Float d) {
    const Float ab = max(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    const Float cd = max(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    const Float all = max(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
    _mm_storeu_ps(to, _mm_max_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1)));
  }

  // Transposes [kLanes, kWords] words of 32 bits, rows `stride` bytes apart: store(c, column c).
  // Rows j and j + 4 share a register, one per 128-bit lane; then each step doubles what lies
  // together: 32, 64 bits.
  static constexpr int kWords = 8;
  template <class Store>
  static void transpose_words(const void* from, std::ptrdiff_t stride, Store store_column) {
    for (int first = 0; first < kWords; first += 4) {
      __m256i rows[4];
      for (int j = 0; j < 4; ++j) {
        const char* row = static_cast<const char*>(from) + j * stride + 4 * first;
        rows[j] = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row))),
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 4 * stride)), 1);
      }
      const __m256i a = _mm256_unpacklo_epi32(rows[0], rows[1]);
      const __m256i b = _mm256_unpackhi_epi32(rows[0], rows[1]);
      const __m256i c = _mm256_unpacklo_epi32(rows[2], rows[3]);
      const __m256i d = _mm256_unpackhi_epi32(rows[2], rows[3]);
      store_column(first, _mm256_unpacklo_epi64(a, c));
      store_column(first + 1, _mm256_unpackhi_epi64(a, c));
      store_column(first + 2, _mm256_unpacklo_epi64(b, d));
      store_column(first + 3, _mm256_unpackhi_epi64(b, d));
    }
  }

  // The two floats that a word of two bfloat16 holds: the low half comes first.
  static void store_bf16(__m256i words, float* low, float* high) {
    store(low, _mm256_castsi256_ps(_mm256_slli_epi32(words, 16)));
    const __m256i upper = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
    store(high, _mm256_castsi256_ps(_mm256_and_si256(words, upper)));
  }
  static void store_words(__m256i words, float* to) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), words);
  }

  // Transposes [kLanes, 8] halves, rows `stride` apart, into 8 rows of kLanes floats, `to_stride`
  // apart. Each step doubles what lies together: 16, 32, 64 bits.
  static void transpose_halves(const half* from, std::ptrdiff_t stride, float* to,
                               std::ptrdiff_t to_stride) {
    __m128i a[8];
    __m128i b[8];
    for (int j = 0; j < 8; ++j) {
      a[j] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + j * stride));
    }
    for (int j = 0; j < 4; ++j) {
      b[2 * j] = _mm_unpacklo_epi16(a[2 * j], a[2 * j + 1]);
      b[2 * j + 1] = _mm_unpackhi_epi16(a[2 * j], a[2 * j + 1]);
    }
    for (int j = 0; j < 8; j += 4) {
      a[j] = _mm_unpacklo_epi32(b[j], b[j + 2]);
      a[j + 1] = _mm_unpackhi_epi32(b[j], b[j + 2]);
      a[j + 2] = _mm_unpacklo_epi32(b[j + 1], b[j + 3]);
      a[j + 3] = _mm_unpackhi_epi32(b[j + 1], b[j + 3]);
    }
    for (int j = 0; j < 4; ++j) {
      store(to + 2 * j * to_stride, _mm256_cvtph_ps(_mm_unpacklo_epi64(a[j], a[j + 4])));
      store(to + (2 * j + 1) * to_stride, _mm256_cvtph_ps(_mm_unpackhi_epi64(a[j], a[j + 4])));
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx2
