#include "kernels/avx2/accumulate.h"
#include "kernels/avx2/avx2.h"
#include "kernels/vector/unpack_q4.h"

namespace cromwell::kernels::avx2 {
namespace {

template <class L>
using Format = ScaleAndMinimum<vector::UnpackQ4_1<L>, 15>;

}  // namespace

void matmul_q4_1_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx2
