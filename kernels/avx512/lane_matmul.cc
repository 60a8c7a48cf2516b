#include "kernels/vector/lane_matmul.h"

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector.h"

namespace cromwell::kernels::avx512 {

void lane_matmul(const LaneMatrix& w, const float* x, int tokens, float* y, int y_stride) {
  vector::LaneMatmul<Vector>::matmul(w, x, tokens, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
