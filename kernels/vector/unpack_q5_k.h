// Q5_K: scales and nibbles as in Q4_K, and 8 x 32 fifth bits.
#pragma once

#include "kernels/vector/unpack_six_bit_scales.h"

namespace cromwell::kernels::vector {

// w: 0 .. 31
template <class L>
struct UnpackQ5_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Block = BlockQ5_K;
  static constexpr int kBlocks = 8;

  // Bit s of every byte, at bit 4.
  static Int fifth_bits(Int high, int s) { return L::bit_and(U::move(high, s, 4), L::bytes(0x10)); }

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles tiles) {
    unpack_six_bit_scales<L>(rows, tiles);
    Int high[8];
    L::load_16(rows, 16, high);
    L::load_16(rows, 32, high + 4);
#pragma GCC unroll 8
    for (int chunk = 0; chunk < 8; ++chunk) {
      Int bytes[4];
      L::load_16(rows, 48 + 16 * chunk, bytes);
      const int even = chunk / 2 * 2;
#pragma GCC unroll 8
      for (int i = 0; i < 4; ++i) {
        const int at = chunk % 2 * 4 + i;
        tiles(even).w[at] = L::bit_or(U::low_nibbles(bytes[i]), fifth_bits(high[at], even));
        tiles(even + 1).w[at] =
            L::bit_or(U::high_nibbles(bytes[i]), fifth_bits(high[at], even + 1));
      }
    }
  }
};

}  // namespace cromwell::kernels::vector
