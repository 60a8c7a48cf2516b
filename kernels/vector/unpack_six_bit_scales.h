// The scales and minima of Q4_K and Q5_K, which begin alike.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

// Writes scale and minimum (the term to add: not above 0 if dmin is positive) of all 8 tiles.
template <class L, class Tiles>
void unpack_six_bit_scales(Rows rows, Tiles tiles) {
  using Int = typename L::Int;
  Int head[4];  // d and dmin; bytes 0..3, 4..7, 8..11 of the scales
  L::load_16(rows, 0, head);
  const auto field = [](Int lanes, int shift, std::uint32_t mask) {
    return L::bit_and(L::right(lanes, shift), L::lanes(mask));
  };
  // `low` bits and, above them, the two `high` bits: the split 6-bit numbers of blocks.h.
  const auto six_bits = [](Int low, Int high) { return L::bit_or(low, L::left(high, 4)); };
  const auto d = L::low_half(head[0]);
  const auto minus_dmin = L::negate(L::high_half(head[0]));
#pragma GCC unroll 8
  for (int s = 0; s < 8; ++s) {
    const int at = 8 * (s % 4);
    const Int scale = s < 4 ? field(head[1], at, 63)
                            : six_bits(field(head[3], at, 15), field(head[1], at + 6, 3));
    const Int minimum = s < 4 ? field(head[2], at, 63)
                              : six_bits(field(head[3], at + 4, 15), field(head[2], at + 6, 3));
    tiles(s).scale = L::mul(d, L::to_float(scale));
    tiles(s).minimum = L::mul(minus_dmin, L::to_float(minimum));
  }
}

}  // namespace cromwell::kernels::vector
