// How an unpacked tile meets the activations: the Formats of kernels/vector/tile.h by the scales
// that their types have. Unpack is one of kernels/vector/unpack_*.h; its bytes w are unsigned.
#pragma once

#include "kernels/avx512/lanes.h"

namespace cromwell::kernels::avx512 {
namespace {

// What weights that were stored kOffset too large take off the sum.
template <int kOffset>
__m512i minus_offset(const ActivationBlock& x) {
  return _mm512_mullo_epi32(_mm512_set1_epi32(x.minus_sum), _mm512_set1_epi32(kOffset));
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
    std::int32_t pair;
    __builtin_memcpy(&pair, x.sum16, sizeof pair);
    for (int h = 0; h < kHeight; ++h) {
      const __m512i minima = _mm512_madd_epi16(tile[h].minimum_pair, _mm512_set1_epi32(pair));
      acc[h] = add_scaled(tile[h].scale, x, sums[h], acc[h]);
      acc[h] = add_scaled(tile[h].minimum, x, minima, acc[h]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx512
