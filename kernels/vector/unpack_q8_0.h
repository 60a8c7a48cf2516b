// Q8_0: signed bytes.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// w: the weights as they are.
template <class L>
struct UnpackSignedQ8_0 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ8_0;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    L::load_16(rows, 2, tiles(0).w);
    L::load_16(rows, 18, tiles(0).w + 4);
    tiles(0).scale = L::load_halves(rows, 0);
    tiles.finish(0);
  }
};

// w: unsigned, the weights plus 128.
template <class L>
struct UnpackUnsignedQ8_0 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ8_0;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    typename L::Int bytes[8];
    L::load_16(rows, 2, bytes);
    L::load_16(rows, 18, bytes + 4);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) tiles(0).w[i] = L::bit_xor(bytes[i], L::bytes(0x80));
    tiles(0).scale = L::load_halves(rows, 0);
    tiles.finish(0);
  }
};

}  // namespace cromwell::kernels::vector
