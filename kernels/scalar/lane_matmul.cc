// Products with a matrix in lane order.
#include "kernels/scalar/half.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

float element(const LaneMatrix& w, int row, int col) {
  const std::size_t place = lane_place(w.cols, row, col);
  return w.type == WeightType::kF16 ? half_to_float(reinterpret_cast<const half*>(w.data)[place])
                                    : reinterpret_cast<const float*>(w.data)[place];
}

}  // namespace

void lane_matmul(const LaneMatrix& w, const float* x, int tokens, float* y, int y_stride) {
  for (int t = 0; t < tokens; ++t) {
    for (int row = 0; row < w.rows; ++row) {
      float sum = 0;
      for (int k = 0; k < w.cols; ++k) sum += element(w, row, k) * x[t * w.cols + k];
      y[static_cast<std::ptrdiff_t>(t) * y_stride + row] = sum;
    }
  }
}

}  // namespace cromwell::kernels::scalar
