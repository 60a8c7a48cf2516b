// How an unpacked tile meets the activations: the Formats of kernels/vector/tile.h by the scales
// that their types have. Unpack is one of kernels/vector/unpack_*.h; its bytes w are unsigned.
#pragma once

#include "kernels/avx2/lanes.h"

namespace cromwell::kernels::CROMWELL_VNNI {
namespace {

using avx2::add_minimum;
using avx2::add_scaled;
using avx2::four_activations;
using avx2::Lanes;
using avx2::PackedLanes;
using avx2::Vector;

// sum + w . q, exactly, over the groups of four [begin, end). w[i], lane r: weights 4 i .. 4 i + 3
// of row r.
inline __m256i dot(const __m256i* w, int begin, int end, const ActivationBlock& x, __m256i sum) {
  for (int i = begin; i < end; ++i) sum = _mm256_dpbusd_epi32(sum, w[i], four_activations(x, i));
  return sum;
}

// What weights that were stored kOffset too large take off the sum.
template <int kOffset>
__m256i minus_offset(const ActivationBlock& x) {
  return _mm256_set1_epi32(x.minus_offset[offset_index(kOffset)]);
}

// Both sums of 16 activations, as int16, in every lane.
inline __m256i sum_pair(const ActivationBlock& x) {
  std::int32_t pair;
  __builtin_memcpy(&pair, x.sum16, sizeof pair);
  return _mm256_set1_epi32(pair);
}

// scale * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct OneScale : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i sum = dot(tile[h].w, 0, 8, x, minus_offset<kOffset>(x));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
    }
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack>
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
      const __m256i sum = dot(tile[h].w, 0, 8, x, _mm256_setzero_si256());
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
      acc[h] = add_minimum(tile[h].minimum, x, acc[h]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256i scales[2];
    __m256i scale_pair;  // both as int16, the first in the low half
    __m256 scale;

    void set_scales(__m256i first, __m256i second) {
      scales[0] = first;
      scales[1] = second;
      scale_pair = _mm256_blend_epi16(first, _mm256_slli_epi32(second, 16), 0xaa);
    }
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i first = dot(tile[h].w, 0, 4, x, _mm256_setzero_si256());
      const __m256i second = dot(tile[h].w, 4, 8, x, _mm256_setzero_si256());
      const __m256i products = _mm256_add_epi32(_mm256_mullo_epi32(tile[h].scales[0], first),
                                                _mm256_mullo_epi32(tile[h].scales[1], second));
      const __m256i offset = _mm256_mullo_epi32(_mm256_madd_epi16(tile[h].scale_pair, sum_pair(x)),
                                                _mm256_set1_epi32(kOffset));
      acc[h] = add_scaled(tile[h].scale, x, _mm256_sub_epi32(products, offset), acc[h]);
    }
  }
};

// scale * (w . q) + minimum * (minimum_pair . sums of q's halves)
template <class Unpack>
struct ScaleAndTwoMinima : Unpack {
  using V = Vector;
  struct Tile {
    __m256i w[8];
    __m256i minimum_pair;  // both as int16, the first in the low half
    __m256 scale;
    __m256 minimum;
  };

  template <int kHeight>
  static void accumulate(const Tile* tile, const ActivationBlock& x, __m256* acc) {
    for (int h = 0; h < kHeight; ++h) {
      const __m256i sum = dot(tile[h].w, 0, 8, x, _mm256_setzero_si256());
      const __m256i minima = _mm256_madd_epi16(tile[h].minimum_pair, sum_pair(x));
      acc[h] = add_scaled(tile[h].scale, x, sum, acc[h]);
      acc[h] = add_scaled(tile[h].minimum, x, minima, acc[h]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::CROMWELL_VNNI
