// Q3_K: two bits and, apart, a third; 6-bit scales for every 16.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

template <class L>
struct UnpackQ3_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Block = BlockQ3_K;
  static constexpr int kBlocks = 8;

  // Writes d of all 8 tiles. scales[i], byte j: the scale of sub-block 4 i + j, 0 .. 63 (less 32 is
  // what it stands for)
  template <class Tiles>
  static void unpack_scales(Rows rows, Tiles tiles, Int* scales) {
    Int tail[4];  // two bytes of q, the twelve of scales, d
    L::load_16(rows, 94, tail);
    Int bytes[3];
#pragma GCC unroll 8
    for (int i = 0; i < 3; ++i) {
      bytes[i] = L::bit_or(L::right(tail[i], 16), L::left(tail[i + 1], 16));
    }
#pragma GCC unroll 8
    for (int i = 0; i < 4; ++i) {
      const Int low = i < 2 ? U::low_nibbles(bytes[i]) : U::high_nibbles(bytes[i - 2]);
      const Int high = L::bit_and(U::move(bytes[2], 2 * i, 4), L::bytes(0x30));
      scales[i] = L::bit_or(low, high);
    }
    const auto d = L::high_half(tail[3]);
    for (int b = 0; b < 8; ++b) tiles(b).scale = d;
  }

  // Calls body(b, half, bits, high) for each half of each 32-block b: its w[4 half + i] has its low
  // two bits in those of bits(i) and its third in bit b of high[i].
  template <class Body>
  static void for_each(Rows rows, Body body) {
#pragma GCC unroll 8
    for (int half = 0; half < 2; ++half) {
      Int high[4];
      L::load_16(rows, 16 * half, high);
#pragma GCC unroll 8
      for (int h = 0; h < 2; ++h) {
        Int bytes[4];
        L::load_16(rows, 32 + 32 * h + 16 * half, bytes);
#pragma GCC unroll 8
        for (int g = 0; g < 4; ++g) {
          body(
              4 * h + g, half, [&](int i) { return L::right(bytes[i], 2 * g); }, high);
        }
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
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles tiles) {
    Int scales[4];
    Int four_times[4];
    U::unpack_scales(rows, tiles, scales);
#pragma GCC unroll 8
    for (int i = 0; i < 4; ++i) {
      four_times[i] = L::bit_xor(L::left(scales[i], 2), L::bytes(0x80));
    }
    U::for_each(rows, [&](int b, int half, auto&& bits, const Int* high) {
      const auto j = static_cast<std::uint32_t>(b % 2 * 2 + half);
      const Int u = U::pick_words(scales[b / 2], j, j);
      const Int table =
          L::sub_16(L::lanes(40124u << 16 | 56572u), L::mul_16(u, L::lanes(258u << 16 | 772u)));
      const Int four = U::pick(four_times[b / 2], j, j, j, j);
#pragma GCC unroll 8
      for (int i = 0; i < 4; ++i) {
        tiles(b).w[4 * half + i] =
            L::add_where(U::look_up(table, bits(i)), high[i], L::bytes(1 << b), four);
      }
    });
  }
};

// w: 0 .. 7, of which 4 is to be taken off; scales[j]: that of half j of the 32 weights, twice as
// int16; scale_pair: both, the first in the low half
template <class L>
struct UnpackPlainQ3_K : UnpackQ3_K<L> {
  using U = UnpackQ3_K<L>;
  using Int = typename L::Int;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles tiles) {
    Int scales[4];
    U::unpack_scales(rows, tiles, scales);
    const auto pair = [&](int b, std::uint32_t first, std::uint32_t second) {
      const auto j = static_cast<std::uint32_t>(b % 2 * 2);
      const Int words = U::pick_words(scales[b / 2], j + first, j + second);
      return L::sub_16(words, L::lanes(32u << 16 | 32u));
    };
    for (int b = 0; b < 8; ++b) tiles(b).scale_pair = pair(b, 0, 1);
    U::for_each(rows, [&](int b, int half, auto&& bits, const Int* high) {
      const auto j = static_cast<std::uint32_t>(half);
      tiles(b).scales[half] = pair(b, j, j);
#pragma GCC unroll 8
      for (int i = 0; i < 4; ++i) {
        const Int third = L::bit_and(U::move(high[i], b, 2), L::bytes(4));
        tiles(b).w[4 * half + i] = L::bit_or(L::bit_and(bits(i), L::bytes(3)), third);
      }
    });
  }
};

}  // namespace cromwell::kernels::vector
