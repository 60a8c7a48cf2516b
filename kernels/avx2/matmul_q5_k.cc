#include "kernels/avx2/accumulate.h"
#include "kernels/avx2/avx2.h"
#include "kernels/vector/unpack_q5_k.h"

namespace cromwell::kernels::avx2 {
namespace {

template <class L>
using Format = OneScale<vector::UnpackQ5_K<L>, 31, 0>;

}  // namespace

void matmul_q5_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
