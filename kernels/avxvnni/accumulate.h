// How an unpacked tile meets the activations: the Formats of kernels/vector/row_tile.h by the
// scales that their types have. Unpack is one of kernels/vector/unpack_*.h; its bytes w are
// unsigned.
#pragma once

#include "kernels/avx2/lanes.h"

namespace cromwell::kernels::CROMWELL_VNNI {
namespace {

using avx2::four_activations;
using avx2::Lanes;
using avx2::PackedLanes;
using avx2::Vector;

// Adds w . q of each token to `sums`, exactly, over the groups of four [begin, end). w[i], lane r:
// weights 4 i .. 4 i + 3 of row r. A sum waits for the one before it: several rows and tokens in
// turn keep the units busy.
template <int kHeight, int kTokens, class Tile>
[[gnu::always_inline]] inline void add_dots(const Tile* tile, int begin, int end,
                                            const ActivationBlock* x, __m256i* sums) {
#pragma GCC unroll 8
  for (int i = begin; i < end; ++i) {
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
      const __m256i q = four_activations(x[t], i);
#pragma GCC unroll 8
      for (int h = 0; h < kHeight; ++h) {
        __m256i& sum = sums[t * kHeight + h];
        sum = _mm256_dpbusd_epi32(sum, tile[h].w[i], q);
      }
    }
  }
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
  static constexpr int kTogether = 4;
  struct Tile {
    __m256i w[8];
    __m256 scale;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    __m256i dots[kTokens * kHeight];
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) dots[i] = minus_offset<kOffset>(x[i / kHeight]);
    add_dots<kHeight, kTokens>(tile, 0, 8, x, dots);
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      sums[i] = _mm256_fmadd_ps(tile[i % kHeight].scale, _mm256_cvtepi32_ps(dots[i]), sums[i]);
    }
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack>
struct ScaleAndMinimum : Unpack {
  using V = Vector;
  static constexpr int kTogether = 4;
  struct Tile {
    __m256i w[8];
    __m256 scale;
    __m256 minimum;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    __m256i dots[kTokens * kHeight];
#pragma GCC unroll 8
    for (__m256i& dot : dots) dot = _mm256_setzero_si256();
    add_dots<kHeight, kTokens>(tile, 0, 8, x, dots);
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(dots[i]), sums[i]);
      sums[i] = _mm256_fmadd_ps(w.minimum, _mm256_set1_ps(x[i / kHeight].sum), sums[i]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
  static constexpr int kTogether = 2;
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

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m256* sums) {
    constexpr int kSums = kTokens * kHeight;
    __m256i first[kSums];
    __m256i second[kSums];
#pragma GCC unroll 8
    for (int i = 0; i < kSums; ++i) first[i] = second[i] = _mm256_setzero_si256();
    add_dots<kHeight, kTokens>(tile, 0, 4, x, first);
    add_dots<kHeight, kTokens>(tile, 4, 8, x, second);
#pragma GCC unroll 8
    for (int i = 0; i < kSums; ++i) {
      const Tile& w = tile[i % kHeight];
      const __m256i products = _mm256_add_epi32(_mm256_mullo_epi32(w.scales[0], first[i]),
                                                _mm256_mullo_epi32(w.scales[1], second[i]));
      const __m256i offset = _mm256_mullo_epi32(
          _mm256_madd_epi16(w.scale_pair, sum_pair(x[i / kHeight])), _mm256_set1_epi32(kOffset));
      const __m256i sum = _mm256_sub_epi32(products, offset);
      sums[i] = _mm256_fmadd_ps(w.scale, _mm256_cvtepi32_ps(sum), sums[i]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::CROMWELL_VNNI
