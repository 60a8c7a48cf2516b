// How an unpacked tile meets the activations: the Formats of kernels/vector/row_tile.h by the
// scales that their types have. Unpack is one of kernels/vector/unpack_*.h. kLargest, the largest
// of its unsigned bytes w, says how many products add up within int16.
#pragma once

#include "kernels/avx2/lanes.h"

namespace cromwell::kernels::avx2 {
namespace {

// The sum of w . q over kCount groups of four from `begin` on, times `factor`: two int16 a lane.
template <int kLargest, int kCount>
__m256i dot(const __m256i* w, const ActivationBlock& x, int begin, __m256i factor) {
  constexpr int kTogether = 32767 / (2 * 127 * kLargest);  // pair sums that fit int16
  static_assert(kTogether >= 1);
  if constexpr (kCount > kTogether) {
    return _mm256_add_epi32(dot<kLargest, kTogether>(w, x, begin, factor),
                            dot<kLargest, kCount - kTogether>(w, x, begin + kTogether, factor));
  } else {
    __m256i pairs = _mm256_maddubs_epi16(w[begin], four_activations(x, begin));
    for (int i = begin + 1; i < begin + kCount; ++i) {
      pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(w[i], four_activations(x, i)));
    }
    return _mm256_madd_epi16(pairs, factor);
  }
}

template <int kLargest>
__m256i dot(const __m256i* w, const ActivationBlock& x) {
  return dot<kLargest, 8>(w, x, 0, _mm256_set1_epi16(1));
}

// Both sums of 16 activations, as int16, in every lane.
inline __m256i sum_pair(const ActivationBlock& x) {
  std::int32_t pair;
  __builtin_memcpy(&pair, x.sum16, sizeof pair);
  return _mm256_set1_epi32(pair);
}

// What weights that were stored kOffset too large take off the sum.
template <int kOffset>
__m256i minus_offset(const ActivationBlock& x) {
  if constexpr (kOffset == 0) {
    return _mm256_setzero_si256();
  } else {
    return _mm256_set1_epi32(x.minus_offset[offset_index(kOffset)]);
  }
}

// scale * (w . q - kOffset * sum of q)
template <class Unpack, int kLargest, int kOffset>
struct OneScale : Unpack {
  using V = Vector;
  static constexpr int kTogether = 2;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      const ActivationBlock& q = x[i / kHeight];
      const __m256i sum = _mm256_add_epi32(dot<kLargest>(w.w, q), minus_offset<kOffset>(q));
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(sum), sums[i]);
    }
  }
};

// scale * (w . q) for signed bytes w, as |w| . (q with w's sign). A pair of products is at most
// 2 * 128 * 127 = 32512 and fits int16, two pairs do not.
template <class Unpack>
struct SignedBytes : Unpack {
  using V = Vector;
  static constexpr int kTogether = 1;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      __m256i sum = _mm256_setzero_si256();
      for (int j = 0; j < 8; ++j) {
        const __m256i signed_q = _mm256_sign_epi8(four_activations(x[i / kHeight], j), w.w[j]);
        const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w.w[j]), signed_q);
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
      }
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(sum), sums[i]);
    }
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack, int kLargest>
struct ScaleAndMinimum : Unpack {
  using V = Vector;
  static constexpr int kTogether = 2;
  struct Tile {
    __m256i w[8];
    __m256 scale;
    __m256 minimum;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      const ActivationBlock& q = x[i / kHeight];
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(dot<kLargest>(w.w, q)), sums[i]);
      sums[i] = _mm256_fmadd_ps(w.minimum, _mm256_set1_ps(q.sum), sums[i]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kLargest, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
  static constexpr int kTogether = 1;
  struct Tile {
    __m256i w[8];
    __m256i scales[2];   // each twice as int16
    __m256i scale_pair;  // both as int16, the first in the low half
    __m256 scale;

    void set_scales(__m256i first, __m256i second) {
      scales[0] = _mm256_blend_epi16(first, _mm256_slli_epi32(first, 16), 0xaa);
      scales[1] = _mm256_blend_epi16(second, _mm256_slli_epi32(second, 16), 0xaa);
      scale_pair = _mm256_blend_epi16(first, _mm256_slli_epi32(second, 16), 0xaa);
    }
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      const ActivationBlock& q = x[i / kHeight];
      __m256i sum = _mm256_add_epi32(dot<kLargest, 4>(w.w, q, 0, w.scales[0]),
                                     dot<kLargest, 4>(w.w, q, 4, w.scales[1]));
      if constexpr (kOffset != 0) {
        const __m256i pairs = _mm256_madd_epi16(w.scale_pair, sum_pair(q));
        sum = _mm256_sub_epi32(sum, _mm256_mullo_epi32(pairs, _mm256_set1_epi32(kOffset)));
      }
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(sum), sums[i]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx2
