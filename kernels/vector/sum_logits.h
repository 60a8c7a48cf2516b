// The largest of some logits and the sum of their exponentials, for any vector width. Instantiated
// only in kernels/<isa>/.
#pragma once

#include "kernels/ops.h"
#include "kernels/vector/exp.h"

namespace cromwell::kernels::vector {

template <class V>
struct SumLogits {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;
  static constexpr float kMinusInfinity = -__builtin_inff();

  static Float load_last(const float* x, int n) {
    return V::first_or(V::load_partial(x, n), n, V::broadcast(kMinusInfinity));
  }

  // V::max gives its second operand where one is NaN: what is no number shows in the sum.
  static float largest(const float* x, int n) {
    Float most = V::broadcast(kMinusInfinity);
    int i = 0;
    for (; i + kLanes <= n; i += kLanes) most = V::max(V::load(x + i), most);
    if (i < n) most = V::max(load_last(x + i, n - i), most);
    return V::reduce_max(most);
  }

  static LogitSum run(const float* x, int n) {
    const float max = largest(x, n);
    const Float taken_off = V::broadcast(max == kMinusInfinity ? 0.0f : max);
    Float sum = V::zero();
    int i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      sum = V::add(sum, exp<V>(V::sub(V::load(x + i), taken_off)));
    }
    if (i < n) sum = V::add(sum, exp<V>(V::sub(load_last(x + i, n - i), taken_off)));
    return {.max = max, .sum = V::reduce_add(sum)};
  }
};

}  // namespace cromwell::kernels::vector
