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

  static void prefetch(const char* at) { _mm_prefetch(at, _MM_HINT_T0); }
  static void prefetch_far(const char* at) { _mm_prefetch(at, _MM_HINT_T1); }  // second-level cache

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
  static Float load_half_partial(const half* from, int n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), from));
  }
  static void store_half_partial(half* to, Float value, int n) {
    const __m256i halves = _mm512_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm256_mask_storeu_epi16(to, first(n), halves);
  }
  static Float load_bf16(const std::uint16_t* from) {
    return widen_bf16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static Float load_bf16_partial(const std::uint16_t* from, int n) {
    return widen_bf16(_mm256_maskz_loadu_epi16(first(n), from));
  }
  static Float widen_bf16(__m256i bits) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static Float load_int8(const std::int8_t* from) {
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
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
  // acc + *a * b. Written down because g++ would rather load the broadcast once for several
  // products: those loads take up to a tenth of the products' time, in the product they are free.
  static Float fma_broadcast(const float* a, Float b, Float acc) {
    asm("vfmadd231ps %2%{1to16%}, %1, %0" : "+v"(acc) : "v"(b), "m"(*a));
    return acc;
  }
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
};

}  // namespace
}  // namespace cromwell::kernels::avx512
