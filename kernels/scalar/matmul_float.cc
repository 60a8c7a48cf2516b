// Float weights times float activations: four lanes over k, ascending, then (0 + 1) + (2 + 3).
#include "kernels/scalar/half.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

float widen(float w) { return w; }

struct Half {
  half bits;
};
float widen(Half w) { return half_to_float(w.bits); }

struct Bf16 {
  std::uint16_t bits;
};
float widen(Bf16 w) { return bf16_to_float(w.bits); }

template <class Weight>
float dot(const Weight* w, const float* x, int n) {
  float lanes[4] = {};
  for (int k = 0; k < n; ++k) lanes[k % 4] += widen(w[k]) * x[k];
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

template <class Weight>
void matmul(const WeightMatrix& w, const float* x, int tokens, int row_begin, int row_end, float* y,
            int y_stride) {
  for (int row = row_begin; row < row_end; ++row) {
    const void* data = w.data + static_cast<std::size_t>(row) * w.row_bytes;
    for (int t = 0; t < tokens; ++t) {
      y[static_cast<std::ptrdiff_t>(t) * y_stride + row] = dot(
          static_cast<const Weight*>(data), x + static_cast<std::ptrdiff_t>(t) * w.cols, w.cols);
    }
  }
}

}  // namespace

void matmul_f32_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<float>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

void matmul_f16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<Half>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

void matmul_bf16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
  matmul<Bf16>(w, x.f32, tokens, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::scalar
