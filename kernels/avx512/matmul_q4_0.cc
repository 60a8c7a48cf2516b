#include "kernels/avx512/accumulate.h"
#include "kernels/avx512/avx512.h"
#include "kernels/vector/unpack_q4.h"

namespace cromwell::kernels::avx512 {

void matmul_q4_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  using Format = OneScale<vector::UnpackQ4_0<Lanes>, 8>;
  vector::Tiled<Format>::matmul(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
