// Norms, rotations and gates for any vector width. Instantiated only in
// kernels/<isa>/.
#pragma once

#include "kernels/ops.h"
#include "kernels/vector/exp.h"

namespace cromwell::kernels::vector {

template <class V>
struct Elementwise {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;

  // Calls body(i, n) for each group of n <= kLanes elements from i on.
  template <class Body>
  static void for_each_group(int size, Body body) {
    int i = 0;
    for (; i + kLanes <= size; i += kLanes) body(i, kLanes);
    if (i < size) body(i, size - i);
  }

  static void rms_norm(const float* x, const float* gamma, int size, float eps, float* out) {
    Float squares = V::zero();
    for_each_group(size, [&](int i, int n) {
      const Float value = V::load_partial(x + i, n);
      squares = V::fma(value, value, squares);
    });
    const float mean = V::reduce_add(squares) / static_cast<float>(size);
    const Float factor = V::div(V::broadcast(1.0f), V::sqrt(V::broadcast(mean + eps)));
    for_each_group(size, [&](int i, int n) {
      const Float scaled = V::mul(V::load_partial(x + i, n), factor);
      V::store_partial(out + i, V::mul(scaled, V::load_partial(gamma + i, n)), n);
    });
  }

  static void rope(float* x, int n_heads, int head_dim, int rope_dim, const float* cos,
                   const float* sin, RopeLayout layout) {
    const int pairs = rope_dim / 2;
    const int step = layout == RopeLayout::kInterleaved ? 2 : 1;
    const int distance = layout == RopeLayout::kInterleaved ? 1 : pairs;
    for (int head = 0; head < n_heads; ++head, x += head_dim) {
      for (int i = 0; i < pairs; ++i) {
        const float a = x[step * i];
        const float b = x[step * i + distance];
        x[step * i] = a * cos[i] - b * sin[i];
        x[step * i + distance] = a * sin[i] + b * cos[i];
      }
    }
  }

  static Float one_plus_exp_minus(Float x) {
    return V::add(V::broadcast(1.0f), exp<V>(V::sub(V::zero(), x)));
  }

  static void swiglu_silu(const float* gate, const float* up, int size, float* out) {
    for_each_group(size, [&](int i, int n) {
      const Float g = V::load_partial(gate + i, n);
      const Float silu = V::div(g, one_plus_exp_minus(g));
      V::store_partial(out + i, V::mul(silu, V::load_partial(up + i, n)), n);
    });
  }

  static void swiglu_sigmoid(const float* gate, const float* up, int size, float* out) {
    for_each_group(size, [&](int i, int n) {
      const Float g = V::load_partial(gate + i, n);
      const Float sigmoid = V::div(V::broadcast(1.0f), one_plus_exp_minus(g));
      V::store_partial(out + i, V::mul(sigmoid, V::load_partial(up + i, n)), n);
    });
  }

  static void add(const float* x, int size, float* y) {
    for_each_group(size, [&](int i, int n) {
      V::store_partial(y + i, V::add(V::load_partial(y + i, n), V::load_partial(x + i, n)), n);
    });
  }
};

}  // namespace cromwell::kernels::vector
