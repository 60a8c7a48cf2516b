#include "kernels/avx2/accumulate.h"
#include "kernels/avx2/avx2.h"
#include "kernels/vector/unpack_q4_k.h"

namespace cromwell::kernels::avx2 {

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  using Format = ScaleAndMinimum<vector::UnpackQ4_K<Lanes>, 15>;
  vector::Tiled<Format>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
