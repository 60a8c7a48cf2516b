// Q2_K: two bits, and 4-bit scales and minima for every 16.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

template <class L>
struct UnpackQ2_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Rows = typename L::Rows;
  using Minima = MinimaOf16<L>;
  using Block = BlockQ2_K;
  static constexpr int kBlocks = 8;

  // Calls body(tile, half, scales, j, bits) for both halves of each 32-block: tile.w[4 half + i]
  // has its two bits in the lowest of bits(i), and its scale is byte j of `scales`.
  template <class Tiles, class Body>
  [[gnu::always_inline]] static void for_each(Rows rows, Tiles& tiles, Body body) {
    Int scales[4];  // [i], byte j: scale and minimum of sub-block 4 i + j
    L::load_16(rows, 0, scales);
    const Int halves = L::load_4(rows, 80);
    const auto d = L::low_half(halves);
    const auto minus_dmin = L::negate(L::high_half(halves));
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      auto& minima = tiles.minima(h);
      minima.scale = minus_dmin;
#pragma GCC unroll 4
      for (std::uint32_t g = 0; g < 4; ++g) {
        const Int pair_bytes = U::high_nibbles(scales[2 * static_cast<std::uint32_t>(h) + g / 2]);
        minima.pairs[g] = U::pick_words(pair_bytes, g % 2 * 2, g % 2 * 2 + 1);
      }
      Int bytes[8];
      L::load_16(rows, 16 + 32 * h, bytes);
      L::load_16(rows, 32 + 32 * h, bytes + 4);
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        const int b = 4 * h + g;
        const auto j = static_cast<std::uint32_t>(b % 2 * 2);
        auto& tile = tiles(b);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          body(tile, half, U::low_nibbles(scales[b / 2]), j + static_cast<std::uint32_t>(half),
               [&](int i) { return L::right(bytes[4 * half + i], 2 * g); });
        }
        tile.scale = d;
        tiles.finish(b);
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
  using Rows = typename L::Rows;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    U::for_each(rows, tiles, [](auto& tile, int half, Int scales, std::uint32_t j, auto bits) {
      const Int table = L::mul_16(U::pick_words(scales, j, j), L::lanes(770u << 16 | 256u));
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) tile.w[4 * half + i] = U::look_up(table, bits(i));
    });
  }
};

// w: 0 .. 3; scales[j]: that of half j of the 32 weights, twice as int16
template <class L>
struct UnpackPlainQ2_K : UnpackQ2_K<L> {
  using U = UnpackQ2_K<L>;
  using Rows = typename L::Rows;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    U::for_each(rows, tiles, [](auto& tile, int half, Int scales, std::uint32_t j, auto bits) {
      tile.scales[half] = U::pick_words(scales, j, j);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) tile.w[4 * half + i] = L::bit_and(bits(i), L::bytes(3));
    });
  }
};

}  // namespace cromwell::kernels::vector
