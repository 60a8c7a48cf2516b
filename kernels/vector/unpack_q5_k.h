// Q5_K: scales and nibbles as in Q4_K, and 8 x 32 fifth bits.
#pragma once

#include "kernels/vector/unpack_six_bit_scales.h"

namespace cromwell::kernels::vector {

// w: 0 .. 31
template <class L>
struct UnpackQ5_K : Unpack<L> {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Rows = typename L::Rows;
  using Minima = MinimaOf32<L>;
  using Block = BlockQ5_K;
  static constexpr int kBlocks = 8;

  // Bit s of every byte, at bit 4.
  static Int fifth_bits(Int high, int s) { return L::bit_and(U::move(high, s, 4), L::bytes(0x10)); }

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    const SixBitScales<L> scales(rows);
    for (int group = 0; group < 2; ++group) scales.write_minima(group, tiles.minima(group));
    Int high[8];
    L::load_16(rows, 16, high);
    L::load_16(rows, 32, high + 4);
#pragma GCC unroll 4
    for (int s = 0; s < 8; s += 2) {
      Int bytes[8];
      L::load_16(rows, 48 + 16 * s, bytes);
      L::load_16(rows, 64 + 16 * s, bytes + 4);
      auto& even = tiles(s);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) {
        even.w[i] = L::bit_or(U::low_nibbles(bytes[i]), fifth_bits(high[i], s));
      }
      scales.write(s, even);
      tiles.finish(s);
      auto& odd = tiles(s + 1);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) {
        odd.w[i] = L::bit_or(U::high_nibbles(bytes[i]), fifth_bits(high[i], s + 1));
      }
      scales.write(s + 1, odd);
      tiles.finish(s + 1);
    }
  }
};

}  // namespace cromwell::kernels::vector
