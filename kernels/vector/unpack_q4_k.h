// Q4_K: nibbles with a scale and a minimum for every 32.
#pragma once

#include "kernels/vector/unpack_six_bit_scales.h"

namespace cromwell::kernels::vector {

// w: 0 .. 15
template <class L>
struct UnpackQ4_K {
  using U = Unpack<L>;
  using Rows = typename L::Rows;
  using Minima = MinimaOf32<L>;
  using Block = BlockQ4_K;
  static constexpr int kBlocks = 8;

  template <class Tiles>
  [[gnu::flatten]] static void unpack(Rows rows, Tiles& tiles) {
    const SixBitScales<L> scales(rows);
    for (int group = 0; group < 2; ++group) scales.write_minima(group, tiles.minima(group));
#pragma GCC unroll 4
    for (int s = 0; s < 8; s += 2) {
      typename L::Int bytes[8];
      L::load_16(rows, 16 + 16 * s, bytes);
      L::load_16(rows, 32 + 16 * s, bytes + 4);
      auto& even = tiles(s);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) even.w[i] = U::low_nibbles(bytes[i]);
      scales.write(s, even);
      tiles.finish(s);
      auto& odd = tiles(s + 1);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) odd.w[i] = U::high_nibbles(bytes[i]);
      scales.write(s + 1, odd);
      tiles.finish(s + 1);
    }
  }
};

}  // namespace cromwell::kernels::vector
