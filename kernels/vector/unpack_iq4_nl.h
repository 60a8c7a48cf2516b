// IQ4_NL: nibbles that index a table of 16 values.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// w: the values plus kOffset. With 128 they are unsigned bytes.
template <class L, int kOffset>
struct UnpackIQ4_NL {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockIQ4_NL;
  static constexpr int kBlocks = 1;

  // Four of the table's bytes from `i` on.
  static constexpr std::uint32_t values(int i) {
    std::uint32_t bytes = 0;
    for (int j = 3; j >= 0; --j) bytes = bytes << 8 | ((kIq4NlValues[i + j] + kOffset) & 0xff);
    return bytes;
  }

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    const typename L::Int table = L::four_lanes(values(0), values(4), values(8), values(12));
    typename L::Int nibbles[4];
    L::load_16(rows, 2, nibbles);
#pragma GCC unroll 8
    for (int i = 0; i < 4; ++i) {
      tiles(0).w[i] = L::shuffle(table, Unpack<L>::low_nibbles(nibbles[i]));
      tiles(0).w[i + 4] = L::shuffle(table, Unpack<L>::high_nibbles(nibbles[i]));
    }
    tiles(0).scale = L::load_halves(rows, 0);
    tiles.finish(0);
  }
};

}  // namespace cromwell::kernels::vector
