// The loads of kernels/<isa>/lanes.h out of packed rows, where a word of all rows is one load.
// Instantiated only in kernels/<isa>/.
#pragma once

#include "kernels/vector/tile_source.h"

namespace cromwell::kernels::vector {

template <class Lanes>
struct PackedLanes : Lanes {
  using Rows = PackedRows;
  using Int = typename Lanes::Int;
  using Float = typename Lanes::Float;

  static void load_16(Rows rows, int offset, Int* out) { load_words<4>(rows, offset, out); }
  static void load_8(Rows rows, int offset, Int* out) { load_words<2>(rows, offset, out); }
  static Int load_4(Rows rows, int offset) { return Lanes::load_word(rows.word(offset)); }
  static Float load_halves(Rows rows, int) { return Lanes::load_float16(rows.half()); }
  static Float load_half_and_4(Rows rows, int offset, Int& four) {
    four = load_4(rows, offset + 2);
    return load_halves(rows, offset);
  }
  static Float load_12_and_half(Rows rows, int offset, Int* twelve) {
    load_words<3>(rows, offset, twelve);
    return load_halves(rows, offset + 12);
  }

 private:
  template <int kWords>
  static void load_words(Rows rows, int offset, Int* out) {
    for (int i = 0; i < kWords; ++i) out[i] = load_4(rows, offset + 4 * i);
  }
};

}  // namespace cromwell::kernels::vector
