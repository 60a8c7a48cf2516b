#include "kernels/vector/lane_matmul.h"

#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector.h"

namespace cromwell::kernels::avx2 {

void lane_matmul(const LaneMatrix& w, const float* x, int tokens, float* y, int y_stride) {
  vector::LaneMatmul<Vector>::matmul(w, x, tokens, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
