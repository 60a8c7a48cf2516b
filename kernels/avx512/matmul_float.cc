#include "kernels/vector/matmul_float.h"

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector.h"

namespace cromwell::kernels::avx512 {

void matmul_f32_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  vector::matmul_float<Vector, vector::F32<Vector>>(w, x, tokens, row_begin, row_end, y, y_stride);
}

void matmul_f16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  vector::matmul_float<Vector, vector::F16<Vector>>(w, x, tokens, row_begin, row_end, y, y_stride);
}

void matmul_bf16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride) {
  vector::matmul_float<Vector, vector::Bf16<Vector>>(w, x, tokens, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
