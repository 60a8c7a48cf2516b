// How an unpacked tile meets the activations: the Formats of kernels/vector/row_tile.h by the
// scales that their types have. Unpack is one of kernels/vector/unpack_*.h; its bytes w are
// unsigned.
#pragma once

#include "kernels/avx512/lanes.h"

namespace cromwell::kernels::avx512 {
namespace {

// What weights that were stored kOffset too large take off the sum.
template <int kOffset>
__m512i minus_offset(const ActivationBlock& x) {
  if constexpr (kOffset == 0) {
    return _mm512_setzero_si512();
  } else {
    return _mm512_set1_epi32(x.minus_offset[offset_index(kOffset)]);
  }
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
  static constexpr int kTogether = 4;
  struct Tile {
    __m512i w[8];
    __m512 scale;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m512* sums) {
    __m512i dots[kTokens * kHeight];
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) dots[i] = minus_offset<kOffset>(x[i / kHeight]);
    add_dots<kHeight, kTokens>(tile, 0, 8, x, dots);
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      sums[i] = _mm512_fmadd_ps(tile[i % kHeight].scale, _mm512_cvtepi32_ps(dots[i]), sums[i]);
    }
  }
};

// scale * (w . q) + minimum * sum of q
template <class Unpack>
struct ScaleAndMinimum : Unpack {
  using V = Vector;
  static constexpr int kTogether = 4;
  struct Tile {
    __m512i w[8];
    __m512 scale;
    __m512 minimum;
  };

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m512* sums) {
    __m512i dots[kTokens * kHeight];
#pragma GCC unroll 8
    for (__m512i& dot : dots) dot = _mm512_setzero_si512();
    add_dots<kHeight, kTokens>(tile, 0, 8, x, dots);
#pragma GCC unroll 8
    for (int i = 0; i < kTokens * kHeight; ++i) {
      const Tile& w = tile[i % kHeight];
      sums[i] = _mm512_fmadd_ps(w.scale, _mm512_cvtepi32_ps(dots[i]), sums[i]);
      sums[i] = _mm512_fmadd_ps(w.minimum, _mm512_set1_ps(x[i / kHeight].sum), sums[i]);
    }
  }
};

// scale * sum over both halves of 16: scales[j] * (w . q - kOffset * sum of q)
template <class Unpack, int kOffset>
struct TwoScales : Unpack {
  using V = Vector;
  static constexpr int kTogether = 2;
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

  template <int kHeight, int kTokens>
  [[gnu::always_inline]] static void accumulate(const Tile* tile, const ActivationBlock* x,
                                                __m512* sums) {
    constexpr int kSums = kTokens * kHeight;
    __m512i first[kSums];
    __m512i second[kSums];
#pragma GCC unroll 8
    for (int i = 0; i < kSums; ++i) first[i] = second[i] = _mm512_setzero_si512();
    add_dots<kHeight, kTokens>(tile, 0, 4, x, first);
    add_dots<kHeight, kTokens>(tile, 4, 8, x, second);
#pragma GCC unroll 8
    for (int i = 0; i < kSums; ++i) {
      const Tile& w = tile[i % kHeight];
      const __m512i products = _mm512_add_epi32(_mm512_mullo_epi32(w.scales[0], first[i]),
                                                _mm512_mullo_epi32(w.scales[1], second[i]));
      const __m512i offset = _mm512_mullo_epi32(
          _mm512_madd_epi16(w.scale_pair, sum_pair(x[i / kHeight])), _mm512_set1_epi32(kOffset));
      const __m512i sum = _mm512_sub_epi32(products, offset);
      sums[i] = _mm512_fmadd_ps(w.scale, _mm512_cvtepi32_ps(sum), sums[i]);
    }
  }
};

}  // namespace
}  // namespace cromwell::kernels::avx512
