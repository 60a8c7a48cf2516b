// Q6_K: nibbles and, apart, two high bits; 8-bit scales for every 16.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// w: 0 .. 63, of which 32 is to be taken off. The scales go to tile.set_scales as int32.
template <class L>
struct UnpackQ6_K {
  using U = Unpack<L>;
  using Int = typename L::Int;
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ6_K;
  static constexpr int kBlocks = 8;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    Int scales[4];  // [i], byte j: the scale of sub-block 4 i + j
    L::load_16(rows, 192, scales);
    const auto d = L::load_halves(rows, 208);
#pragma GCC unroll 2
    for (int h = 0; h < 2; ++h) {
      Int low[2][8];
      Int high[8];
      for (int c = 0; c < 2; ++c) {  // the two 16s of each group of 32
        L::load_16(rows, 64 * h + 16 * c, low[0] + 4 * c);
        L::load_16(rows, 64 * h + 32 + 16 * c, low[1] + 4 * c);
        L::load_16(rows, 128 + 32 * h + 16 * c, high + 4 * c);
      }
#pragma GCC unroll 4
      for (int g = 0; g < 4; ++g) {
        auto& tile = tiles(4 * h + g);
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) {
          const Int nibbles = g < 2 ? U::low_nibbles(low[g][i]) : U::high_nibbles(low[g - 2][i]);
          const Int high_bits = L::bit_and(U::move(high[i], 2 * g, 4), L::bytes(0x30));
          tile.w[i] = L::bit_or(nibbles, high_bits);
        }
        const Int pair = L::right(scales[2 * h + g / 2], g % 2 * 16);
        tile.set_scales(L::right_signed(L::left(pair, 24), 24),
                        L::right_signed(L::left(pair, 16), 24));
        tile.scale = d;
        tiles.finish(4 * h + g);
      }
    }
  }
};

}  // namespace cromwell::kernels::vector
