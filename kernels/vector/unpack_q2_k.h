// Q2_K: two bits, and 4-bit scales and minima for every 16.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

template <class L>
struct UnpackQ2_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Block = BlockQ2_K;
  static constexpr int kBlocks = 8;

  // Writes d, -dmin and the pair of minima of all 8 tiles. scales[i], byte j: the scale of
  // sub-block 4 i + j
  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles, Int* scales) {
    L::load_16(rows, 0, scales);
    const Int halves = L::load_4(rows, 80);
    const auto d = L::low_half(halves);
    const auto minus_dmin = L::negate(L::high_half(halves));
#pragma GCC unroll 8
    for (int b = 0; b < 8; ++b) {
      const auto j = static_cast<std::uint32_t>(b % 2 * 2);
      tiles(b).scale = d;
      tiles(b).minimum = minus_dmin;
      tiles(b).minimum_pair = U::pick_words(U::high_nibbles(scales[b / 2]), j, j + 1);
    }
    for (int i = 0; i < 4; ++i) scales[i] = U::low_nibbles(scales[i]);
  }

  // Calls body(b, half, bits) for each half of each 32-block b: its w[4 half + i] is in the low two
  // bits of the bytes of bits(i).
  template <class Body>
  static void for_each(Rows rows, Body body) {
#pragma GCC unroll 8
    for (int chunk = 0; chunk < 4; ++chunk) {
      Int bytes[4];
      L::load_16(rows, 16 + 16 * chunk, bytes);
#pragma GCC unroll 8
      for (int g = 0; g < 4; ++g) {
        body(chunk / 2 * 4 + g, chunk % 2, [&](int i) { return L::right(bytes[i], 2 * g); });
      }
    }
  }
};

// w: 0 .. 45, the scale of a sub-block times the two bits, from a table of 0, 1, 2 and 3 times the
// scale. As 16-bit numbers, which keep the bytes apart, it is scale * 256 and scale * (2 + 3 *
// 256).
template <class L>
struct UnpackScaledQ2_K : UnpackQ2_K<L> {
  using U = UnpackQ2_K<L>;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles tiles) {
    Int scales[4];
    U::unpack_scales(rows, tiles, scales);
    U::for_each(rows, [&](int b, int half, auto&& bits) {
      const auto j = static_cast<std::uint32_t>(b % 2 * 2 + half);
      const Int table = L::mul_16(U::pick_words(scales[b / 2], j, j), L::lanes(770u << 16 | 256u));
      for (int i = 0; i < 4; ++i) tiles(b).w[4 * half + i] = U::look_up(table, bits(i));
    });
  }
};

// w: 0 .. 3; scales[j]: that of half j of the 32 weights, twice as int16
template <class L>
struct UnpackPlainQ2_K : UnpackQ2_K<L> {
  using U = UnpackQ2_K<L>;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles tiles) {
    Int scales[4];
    U::unpack_scales(rows, tiles, scales);
    U::for_each(rows, [&](int b, int half, auto&& bits) {
      const auto j = static_cast<std::uint32_t>(b % 2 * 2 + half);
      tiles(b).scales[half] = U::pick_words(scales[b / 2], j, j);
      for (int i = 0; i < 4; ++i) tiles(b).w[4 * half + i] = L::bit_and(bits(i), L::bytes(3));
    });
  }
};

}  // namespace cromwell::kernels::vector
