// How the minima of weights reach a group's sum (activation_panel.h): the minima that the blocks of
// a group have as whole numbers under one scale meet the sums of the activations once for the
// group. A type has one of these as its Minima, filled by unpacking; minima that are floats of each
// block are the business of kernels/<isa>/accumulate.h. Instantiated only in kernels/<isa>/.
#pragma once

#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

// add: the group's sum and what the minima of all its blocks add to it; add_one: those of block
// `place` of the group alone.
template <class L>
struct NoMinima {
  using Float = typename L::Float;
  Float add(const ActivationGroup&, Float sum) const { return sum; }
  Float add_one(int, const ActivationBlock&, Float sum) const { return sum; }
};

// Two whole numbers side by side, as L::madd_16 takes them.
[[gnu::always_inline]] inline std::uint32_t load_pair(const std::int16_t* from) {
  std::uint32_t pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return pair;
}

// One minimum for each block of 32.
template <class L>
struct MinimaOf32 {
  using Int = typename L::Int;
  using Float = typename L::Float;
  Int pairs[kGroupBlocks / 2];  // as int16, an even block's in the low half
  Float scale;

  [[gnu::always_inline]] Float add(const ActivationGroup& x, Float sum) const {
    const Int low = L::madd_16(pairs[0], L::lanes(load_pair(x.sum32)));
    const Int high = L::madd_16(pairs[1], L::lanes(load_pair(x.sum32 + 2)));
    return L::fma(scale, L::to_float(L::add_32(low, high)), sum);
  }
  [[gnu::always_inline]] Float add_one(int place, const ActivationBlock& x, Float sum) const {
    const Int own = L::bit_and(pairs[place / 2], L::lanes(0xffffu << place % 2 * 16));
    const Int product = L::madd_16(own, L::lanes(load_pair(x.sum32)));
    return L::fma(scale, L::to_float(product), sum);
  }
};

// One for each sub-block of 16.
template <class L>
struct MinimaOf16 {
  using Int = typename L::Int;
  using Float = typename L::Float;
  Int pairs[kGroupBlocks];  // as int16, the first sub-block's in the low half
  Float scale;

  [[gnu::always_inline]] Float add(const ActivationGroup& x, Float sum) const {
    Int all = L::madd_16(pairs[0], L::lanes(load_pair(x.sum16)));
#pragma GCC unroll 4
    for (int i = 1; i < kGroupBlocks; ++i) {
      all = L::add_32(all, L::madd_16(pairs[i], L::lanes(load_pair(x.sum16 + 2 * i))));
    }
    return L::fma(scale, L::to_float(all), sum);
  }
  [[gnu::always_inline]] Float add_one(int place, const ActivationBlock& x, Float sum) const {
    const Int product = L::madd_16(pairs[place], L::lanes(load_pair(x.sum16)));
    return L::fma(scale, L::to_float(product), sum);
  }
};

}  // namespace cromwell::kernels::vector
