// Q4_0 and Q4_1: nibbles.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// w: 0 .. 15
template <class L, class Tile>
void unpack_nibbles(typename L::Rows rows, int offset, Tile& tile) {
  typename L::Int bytes[4];
  L::load_16(rows, offset, bytes);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    tile.w[i] = Unpack<L>::low_nibbles(bytes[i]);
    tile.w[i + 4] = Unpack<L>::high_nibbles(bytes[i]);
  }
}

// The weights are w - 8.
template <class L>
struct UnpackQ4_0 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ4_0;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    unpack_nibbles<L>(rows, 2, tiles(0));
    tiles(0).scale = L::load_halves(rows, 0);
    tiles.finish(0);
  }
};

template <class L>
struct UnpackQ4_1 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ4_1;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    unpack_nibbles<L>(rows, 4, tiles(0));
    const typename L::Int halves = L::load_4(rows, 0);
    tiles(0).scale = L::low_half(halves);
    tiles(0).minimum = L::high_half(halves);
    tiles.finish(0);
  }
};

}  // namespace cromwell::kernels::vector
