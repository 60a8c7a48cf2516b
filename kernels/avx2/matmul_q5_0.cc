#include "kernels/avx2/accumulate.h"
#include "kernels/avx2/avx2.h"
#include "kernels/vector/unpack_q5.h"

namespace cromwell::kernels::avx2 {
namespace {

template <class L>
using Format = OneScale<vector::UnpackQ5_0<L>, 31, 16>;

}  // namespace

void matmul_q5_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
