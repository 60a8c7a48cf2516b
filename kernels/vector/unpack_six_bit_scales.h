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

  // That of 32-block s.
  template <class Tile>
  [[gnu::always_inline]] void write(int s, Tile& tile) const {
    const int at = 8 * (s % 4);
    const Int scale = s < 4 ? field(head_[1], at, 63)
                            : six_bits(field(head_[3], at, 15), field(head_[1], at + 6, 3));
    tile.scale = L::mul(d_, L::to_float(scale));
  }

  // Those of four 32-blocks: numbers of six bits and the scale of what they add, not above 0 if
  // dmin is positive.
  [[gnu::always_inline]] void write_minima(int group, MinimaOf32<L>& minima) const {
    const Int bytes = group == 0 ? L::bit_and(head_[2], L::bytes(63))
                                 : L::bit_or(U::high_nibbles(head_[3]),
                                             L::bit_and(L::right(head_[2], 2), L::bytes(0x30)));
    minima.pairs[0] = U::pick_words(bytes, 0, 1);
    minima.pairs[1] = U::pick_words(bytes, 2, 3);
    minima.scale = minus_dmin_;
  }

 private:
  using U = Unpack<L>;
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
