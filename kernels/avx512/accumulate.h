// How an unpacked tile meets the activations: the Formats of kernels/vector/tile.h by the scales
// that their types have. Unpack is one of kernels/vector/unpack_*.h; its bytes w are unsigned.
#pragma once

#include "kernels/avx512/lanes.h"

namespace cromwell::kernels::avx512 {
namespace {

// What weights that were stored kOffset too large take off the sum.
template <int kOffset>
__m512i minus_offset(const ActivationBlock& x) {
  return _mm512_set1_epi32(x.minus_offset[offset_index(kOffset)]);
}

// Both sums of 16 activations, as int16, in every lane.
inline __m512i sum_pair(const ActivationBlock& x) {
  std::int32_t pair;
  __builtin_memcpy(&pair, x.sum16, sizeof pair);
  return _mm512_set1_epi32(pair);
}

// scale * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct OneScale : Unpack {
  using V = Vector;
  struct Tile {
    __m512i w[8];
    __m512 scale;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i sums[kHeight];
    for (__m512i& sum : sums) sum = minus_offset<kOffset>(x);
    add_dots<kHeight>(tile, 0, 8, x, sums);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack>
struct ScaleAndMinimum : Unpack {
  using V = Vector;
  struct Tile {
    __m512i w[8];
    __m512 scale;
    __m512 minimum;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i sums[kHeight];
    for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    add_dots<kHeight>(tile, 0, 8, x, sums);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
    for (int h = 0; h < kHeight; ++h) acc[h] = add_minimum(tile[h].minimum, x, acc[h]);
  }
};

// scale * (w . q) + minimum * (minimum_pair . sums of q's halves)
template <class Unpack>
struct ScaleAndTwoMinima : Unpack {
  using V = Vector;
  struct Tile {
    __m512i w[8];
    __m512i minimum_pair;  // both as int16, the first in the low half
    __m512 scale;
    __m512 minimum;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i sums[kHeight];
    for (__m512i& sum : sums) sum = _mm512_setzero_si512();
    add_dots<kHeight>(tile, 0, 8, x, sums);
    for (int h = 0; h < kHeight; ++h) {
      const __m512i minima = _mm512_madd_epi16(tile[h].minimum_pair, sum_pair(x));
      acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
      acc[h] = add_scaled(tile[h].minimum, x, minima, acc[h]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
  struct Tile {
    __m512i w[8];
    __m512i scales[2];
    __m512i scale_pair;  // both as int16, the first in the low half
    __m512 scale;

    void set_scales(__m512i first, __m512i second) {
      scales[0] = first;
      scales[1] = second;
      scale_pair = _mm512_mask_blend_epi16(0xaaaaaaaau, first, _mm512_slli_epi32(second, 16));
    }
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m512* acc) {
    __m512i first[kHeight];
    __m512i second[kHeight];
    for (int h = 0; h < kHeight; ++h) first[h] = second[h] = _mm512_setzero_si512();
    add_dots<kHeight>(tile, 0, 4, x, first);
    add_dots<kHeight>(tile, 4, 8, x, second);
    for (int h = 0; h < kHeight; ++h) {
      const __m512i products = _mm512_add_epi32(_mm512_mullo_epi32(tile[h].scales[0], first[h]),
                                                _mm512_mullo_epi32(tile[h].scales[1], second[h]));
      const __m512i offset = _mm512_mullo_epi32(_mm512_madd_epi16(tile[h].scale_pair, sum_pair(x)),
                                                _mm512_set1_epi32(kOffset));
      acc[h] = add_scaled(tile[h].scale, x, _mm512_sub_epi32(products, offset), acc[h]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx512
