// The scales and minima of Q4_K and Q5_K, which begin alike.
#pragma once

#include "kernels/vector/unpack.h"

namespace cromwell::kernels::vector {

template <class L>
class SixBitScales {
 public:
  [[gnu::always_inline]] explicit SixBitScales(typename L::Rows rows) {
    L::load_16(rows, 0, head_);
    d_ = L::low_half(head_[0]);
    minus_dmin_ = L::negate(L::high_half(head_[0]));
  }

  // Those of 32-block s. The minimum is the term to add: not above 0 if dmin is positive.
  template <class Tile>
  [[gnu::always_inline]] void write(int s, Tile& tile) const {
    const int at = 8 * (s % 4);
    const Int scale = s < 4 ? field(head_[1], at, 63)
                            : six_bits(field(head_[3], at, 15), field(head_[1], at + 6, 3));
    const Int minimum = s < 4 ? field(head_[2], at, 63)
                              : six_bits(field(head_[3], at + 4, 15), field(head_[2], at + 6, 3));
    tile.scale = L::mul(d_, L::to_float(scale));
    tile.minimum = L::mul(minus_dmin_, L::to_float(minimum));
  }

 private:
  using Int = typename L::Int;
  static Int field(Int lanes, int shift, std::uint32_t mask) {
    return L::bit_and(L::right(lanes, shift), L::lanes(mask));
  }
  // `low` bits and, above them, the two `high` bits: the split 6-bit numbers of blocks.h.
  static Int six_bits(Int low, Int high) { return L::bit_or(low, L::left(high, 4)); }

  Int head_[4];  // d and dmin; bytes 0..3, 4..7, 8..11 of the scales
  typename L::Float d_;
  typename L::Float minus_dmin_;
};

}  // namespace cromwell::kernels::vector
