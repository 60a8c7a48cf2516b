// Norms, rotations and gates on vectors of floats.
#include <cmath>

#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {

void rms_norm(const float* x, const float* gamma, int n, float eps, float* out) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  const float factor = static_cast<float>(1.0 / std::sqrt(sum / n + static_cast<double>(eps)));
  for (int i = 0; i < n; ++i) out[i] = x[i] * factor * gamma[i];
}

void rope(float* x, int n_heads, int head_dim, int rope_dim, const float* cos, const float* sin,
          RopeLayout layout) {
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

void swiglu_silu(const float* gate, const float* up, int n, float* out) {
  for (int i = 0; i < n; ++i) out[i] = gate[i] / (1.0f + std::exp(-gate[i])) * up[i];
}

void swiglu_sigmoid(const float* gate, const float* up, int n, float* out) {
  for (int i = 0; i < n; ++i) out[i] = 1.0f / (1.0f + std::exp(-gate[i])) * up[i];
}

void add(const float* x, int n, float* y) {
  for (int i = 0; i < n; ++i) y[i] += x[i];
}

}  // namespace cromwell::kernels::scalar
