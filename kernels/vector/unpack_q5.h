// Q5_0 and Q5_1: nibbles and, apart, 32 fifth bits.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// w: 0 .. 31. Byte j of `high` has the bits of weights 8 j .. 8 j + 7, that is of w[2 j] and
// w[2 j + 1]: it goes to all four bytes of its lane, and each takes its own bit.
template <class L, class Tile>
void unpack_five_bits(const typename L::Int* nibbles, typename L::Int high, Tile& tile) {
  using U = Unpack<L>;
#pragma GCC unroll 8
  for (int i = 0; i < 4; ++i) {
    tile.w[i] = U::low_nibbles(nibbles[i]);
    tile.w[i + 4] = U::high_nibbles(nibbles[i]);
  }
#pragma GCC unroll 8
  for (std::uint32_t j = 0; j < 4; ++j) {
    const typename L::Int bits = U::pick(high, j, j, j, j);
    tile.w[2 * j] = L::add_where(tile.w[2 * j], bits, L::lanes(0x08040201), L::bytes(16));
    tile.w[2 * j + 1] = L::add_where(tile.w[2 * j + 1], bits, L::lanes(0x80402010), L::bytes(16));
  }
}

// The weights are w - 16.
template <class L>
struct UnpackQ5_0 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ5_0;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    typename L::Int high;
    typename L::Int nibbles[4];
    tiles(0).scale = L::load_half_and_4(rows, 0, high);
    L::load_16(rows, 6, nibbles);
    unpack_five_bits<L>(nibbles, high, tiles(0));
    tiles.finish(0);
  }
};

template <class L>
struct UnpackQ5_1 {
  using Rows = typename L::Rows;
  using Minima = NoMinima<L>;
  using Block = BlockQ5_1;
  static constexpr int kBlocks = 1;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    typename L::Int head[2];  // d and m; high
    typename L::Int nibbles[4];
    L::load_8(rows, 0, head);
    L::load_16(rows, 8, nibbles);
    unpack_five_bits<L>(nibbles, head[1], tiles(0));
    tiles(0).scale = L::low_half(head[0]);
    tiles(0).minimum = L::high_half(head[0]);
    tiles.finish(0);
  }
};

}  // namespace cromwell::kernels::vector
