#include "kernels/vector/elementwise.h"

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector.h"

namespace cromwell::kernels::avx512 {

using Ops = vector::Elementwise<Vector>;

void rms_norm(const float* x, const float* gamma, int n, float eps, float* out) {
  Ops::rms_norm(x, gamma, n, eps, out);
}

void rope(float* x, int n_heads, int head_dim, int rope_dim, const float* cos, const float* sin,
          RopeLayout layout) {
  Ops::rope(x, n_heads, head_dim, rope_dim, cos, sin, layout);
}

void swiglu_silu(const float* gate, const float* up, int n, float* out) {
  Ops::swiglu_silu(gate, up, n, out);
}

void swiglu_sigmoid(const float* gate, const float* up, int n, float* out) {
  Ops::swiglu_sigmoid(gate, up, n, out);
}

void add(const float* x, int n, float* y) { Ops::add(x, n, y); }

}  // namespace cromwell::kernels::avx512
