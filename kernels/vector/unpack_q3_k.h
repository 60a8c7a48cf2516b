// Q3_K: two bits and, apart, a third; 6-bit scales for every 16.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

template <class L>
struct UnpackQ3_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ3_K;
  static constexpr int kBlocks = 8;

  // scales[i], byte j: the scale of sub-block 4 i + j, 0 .. 63 (less 32 is what it stands for).
  // Returns d.
  [[gnu::always_inline]] static typename L::Float load_scales(Rows rows, Int* scales) {
    Int bytes[3];
    const auto d = L::load_12_and_half(rows, 96, bytes);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const Int low = i < 2 ? U::low_nibbles(bytes[i]) : U::high_nibbles(bytes[i - 2]);
      const Int high = L::bit_and(U::move(bytes[2], 2 * i, 4), L::bytes(0x30));
      scales[i] = L::bit_or(low, high);
    }
    return d;
  }

  // Calls body(tile, half, scales, j, bits, high, b) for both halves of each 32-block b:
  // tile.w[4 half + i] has its low two bits in the lowest of bits(i) and its third in bit b of
  // high(i), and its scale is byte j of `scales`.
  template <class Tiles, class Body>
  [[gnu::always_inline]] static void for_each(Rows rows, Tiles& tiles, Body body) {
    Int scales[4];
    const auto d = load_scales(rows, scales);
    Int high[8];
    L::load_16(rows, 0, high);
    L::load_16(rows, 16, high + 4);
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      Int bytes[8];
      L::load_16(rows, 32 + 32 * h, bytes);
      L::load_16(rows, 48 + 32 * h, bytes + 4);
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        const int b = 4 * h + g;
        auto& tile = tiles(b);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          body(
              tile, half, scales[b / 2], static_cast<std::uint32_t>(b % 2 * 2 + half),
              [&](int i) { return L::right(bytes[4 * half + i], 2 * g); },
              [&](int i) { return high[4 * half + i]; }, b);
        }
        tile.scale = d;
        tiles.finish(b);
      }
    }
  }
};

// w: 0 .. 252, the sub-block's scale s = u - 32 times (three bits - 4), plus 124. From a table for
// the low two bits, 124 - 4 s, 124 - 3 s, 124 - 2 s and 124 - s, to which the third bit adds 4 s.
// As 16-bit numbers, which keep the bytes apart, the table is
//   (124 - 4 s) + 256 (124 - 3 s) = 56572 - 772 u   and   (124 - 2 s) + 256 (124 - s) = 40124 - 258
//   u
// and 4 s is, modulo 256, 4 u with its top bit changed.
template <class L>
struct UnpackScaledQ3_K : UnpackQ3_K<L> {
  using U = UnpackQ3_K<L>;
  using Rows = typename L::Rows;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    U::for_each(rows, tiles,
                [](auto& tile, int half, Int scales, std::uint32_t j, auto bits, auto high, int b) {
                  const Int table = L::sub_16(
                      L::lanes(40124u << 16 | 56572u),
                      L::mul_16(U::pick_words(scales, j, j), L::lanes(258u << 16 | 772u)));
                  const Int four_times =
                      L::bit_xor(L::left(U::pick(scales, j, j, j, j), 2), L::bytes(0x80));
#pragma GCC unroll 4
                  for (int i = 0; i < 4; ++i) {
                    tile.w[4 * half + i] = L::add_where(U::look_up(table, bits(i)), high(i),
                                                        L::bytes(1 << b), four_times);
                  }
                });
  }
};

// w: 0 .. 7, of which 4 is to be taken off; scales[j]: that of half j of the 32 weights, twice as
// int16; scale_pair: both, the first in the low half
template <class L>
struct UnpackPlainQ3_K : UnpackQ3_K<L> {
  using U = UnpackQ3_K<L>;
  using Rows = typename L::Rows;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    U::for_each(rows, tiles,
                [](auto& tile, int half, Int scales, std::uint32_t j, auto bits, auto high, int b) {
                  const Int offset = L::lanes(32u << 16 | 32u);
                  tile.scales[half] = L::sub_16(U::pick_words(scales, j, j), offset);
                  if (half == 1)
                    tile.scale_pair = L::sub_16(U::pick_words(scales, j - 1, j), offset);
#pragma GCC unroll 4
                  for (int i = 0; i < 4; ++i) {
                    const Int third = L::bit_and(U::move(high(i), b, 2), L::bytes(4));
                    tile.w[4 * half + i] = L::bit_or(L::bit_and(bits(i), L::bytes(3)), third);
                  }
                });
  }
};

}  // namespace cromwell::kernels::vector
