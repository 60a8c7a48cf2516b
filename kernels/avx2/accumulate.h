// How an unpacked tile meets the activations: the Formats of kernels/vector/tile.h by the scales
// that their types have. Unpack is one of kernels/vector/unpack_*.h. kLargest, the largest of its
// unsigned bytes w, says how many products add up within int16.
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
  return _mm256_set1_epi32(x.minus_offset[offset_index(kOffset)]);
}

// scale * (w . q - kOffset * sum of q)
template <class Unpack, int kLargest, int kOffset>
struct OneScale : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i sum = _mm256_add_epi32(dot<kLargest>(tile[h].w, x), minus_offset<kOffset>(x));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

// scale * (w . q) for signed bytes w, as |w| . (q with w's sign). A pair of products is at most
// 2 * 128 * 127 = 32512 and fits int16, two pairs do not.
template <class Unpack>
struct SignedBytes : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      __m256i sum = _mm256_setzero_si256();
      for (int i = 0; i < 8; ++i) {
        const __m256i w = tile[h].w[i];
        const __m256i signed_q = _mm256_sign_epi8(four_activations(x, i), w);
        const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), signed_q);
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
      }
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack, int kLargest>
struct ScaleAndMinimum : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256 scale;
    __m256 minimum;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      acc[h] = add_scaled(tile[h].scale, x, dot<kLargest>(tile[h].w, x), acc[h]);
      acc[h] = add_minimum(tile[h].minimum, x, acc[h]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kLargest, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
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

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i* w = tile[h].w;
      const __m256i products = _mm256_add_epi32(dot<kLargest, 4>(w, x, 0, tile[h].scales[0]),
                                                dot<kLargest, 4>(w, x, 4, tile[h].scales[1]));
      const __m256i offset = _mm256_mullo_epi32(_mm256_madd_epi16(tile[h].scale_pair, sum_pair(x)),
                                                _mm256_set1_epi32(kOffset));
      acc[h] = add_scaled(tile[h].scale, x, _mm256_sub_epi32(products, offset), acc[h]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q)
//   + minimum * (minimum_pair . sums of q's halves)
template <class Unpack, int kLargest>
struct TwoScalesAndMinima : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256i scales[2];     // each twice as int16
    __m256i minimum_pair;  // both as int16, the first in the low half
    __m256 scale;
    __m256 minimum;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i* w = tile[h].w;
      const __m256i sum = _mm256_add_epi32(dot<kLargest, 4>(w, x, 0, tile[h].scales[0]),
                                           dot<kLargest, 4>(w, x, 4, tile[h].scales[1]));
      const __m256i minima = _mm256_madd_epi16(tile[h].minimum_pair, sum_pair(x));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
      acc[h] = add_scaled(tile[h].minimum, x, minima, acc[h]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx2
