// What the unpacking of several weight types shares. An Unpack...<L> (unpack_*.h) is written in the
// operations of L, kernels/<isa>/lanes.h: a register holds four bytes of each row, lane r those of
// row r. It has
//   Block, kBlocks     as a Format of row_tile.h has
//   unpack(rows, tile)
//     writes w[8] of each tile(s), w[i] the weights 4 i .. 4 i + 3 of 32-block s, and its scales,
//     and each minima(group) before the first tile of that group is finished
//   Minima                     of minima.h
// How a tile is multiplied is not its concern: kernels/<isa>/accumulate.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/blocks.h"
#include "kernels/vector/minima.h"
#include "kernels/vector/tile.h"

namespace cromwell::kernels::vector {

template <class L>
struct Unpack {
  using Int = typename L::Int;

  static Int low_nibbles(Int v) { return L::bit_and(v, L::bytes(15)); }
  static Int high_nibbles(Int v) { return low_nibbles(L::right(v, 4)); }

  // Moves bit `from` of every byte to bit `to`; the bits beside it are the neighbours'.
  static Int move(Int v, int from, int to) {
    return from > to ? L::right(v, from - to) : from < to ? L::left(v, to - from) : v;
  }

  // Four bytes of every lane in the order asked for; 0 for kNone.
  static constexpr std::uint32_t kNone = 0x80;
  static Int pick(Int v, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return L::shuffle(v, each_row(a | b << 8 | c << 16 | d << 24));
  }
  // Bytes a and b as two 16-bit numbers.
  static Int pick_words(Int v, std::uint32_t a, std::uint32_t b) {
    return pick(v, a, kNone, b, kNone);
  }

  // A table of four bytes for each row: each byte of `index` becomes table[byte & 3] of its own
  // row.
  static Int look_up(Int table, Int index) {
    return L::shuffle(table, L::bit_or(L::bit_and(index, L::bytes(3)), each_row(0)));
  }

  // Indices for a shuffle, which sees four rows together: four bytes of row r become those + 4 r.
  static Int each_row(std::uint32_t bytes) {
    return L::four_lanes(bytes, bytes + 0x04040404, bytes + 0x08080808, bytes + 0x0c0c0c0c);
  }
};

}  // namespace cromwell::kernels::vector
