// Entries of an activation panel out of their int8: what the kernels need besides them, for up to
// four blocks at once. For wider sets too: V is the type of the folder that instantiates it.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/activation_panel.h"

namespace cromwell::kernels::avx2 {
namespace {

// The sums of four blocks of q; V::sum_fours sums four neighbours each, as int32.
template <class V>
struct EntrySums {
  using Bytes = __m256i;  // 32 of q

  __m128i all;       // of each block
  __m128i of_16[2];  // of two blocks each: both halves and twice the whole, as int16
  __m128i halves;    // of each block both halves, as int16

  [[gnu::always_inline]] explicit EntrySums(const __m256i* q) {
    const __m256i ab = _mm256_hadd_epi32(V::sum_fours(q[0]), V::sum_fours(q[1]));
    const __m256i cd = _mm256_hadd_epi32(V::sum_fours(q[2]), V::sum_fours(q[3]));
    const __m256i abcd = _mm256_hadd_epi32(ab, cd);  // the first halves in the lower 128 bits
    const __m128i first = _mm256_castsi256_si128(abcd);
    const __m128i second = _mm256_extracti128_si256(abcd, 1);
    all = _mm_add_epi32(first, second);
    halves = pair(first, second);
    of_16[0] = _mm_unpacklo_epi32(halves, pair(all, all));
    of_16[1] = _mm_unpackhi_epi32(halves, pair(all, all));
  }

  // Block i's, i known to the compiler.
  [[gnu::always_inline]] void write(int i, __m256i q, float scale, ActivationBlock& out) const {
    const __m128i sum = broadcast(i);
    const __m128i offsets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kWeightOffsets));
    const __m128i minus_sum = _mm_sub_epi32(_mm_setzero_si128(), sum);
    _mm256_store_si256(reinterpret_cast<__m256i*>(out.q), q);
    out.scale = scale;
    out.sum = _mm_cvtss_f32(_mm_cvtepi32_ps(sum));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.minus_offset),
                     _mm_mullo_epi32(minus_sum, offsets));
    const __m128i sums = of_16[i / 2];
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out.sum16),
                     i % 2 == 0 ? sums : _mm_unpackhi_epi64(sums, sums));
  }

  [[gnu::always_inline]] void write(float scale, ActivationGroup& out) const {
    out.scale = scale;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out.sum32), _mm_packs_epi32(all, all));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out.sum16), halves);
  }

 private:
  static __m128i pair(__m128i low, __m128i high) {
    return _mm_blend_epi16(low, _mm_slli_epi32(high, 16), 0xaa);
  }
  [[gnu::always_inline]] __m128i broadcast(int i) const {
    switch (i) {
      case 0:
        return _mm_shuffle_epi32(all, 0x00);
      case 1:
        return _mm_shuffle_epi32(all, 0x55);
      case 2:
        return _mm_shuffle_epi32(all, 0xaa);
      default:
        return _mm_shuffle_epi32(all, 0xff);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx2
