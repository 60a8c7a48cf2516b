#include "kernels/avx512/accumulate.h"
#include "kernels/avx512/avx512.h"
#include "kernels/vector/unpack_q4_k.h"

namespace cromwell::kernels::avx512 {
namespace {

template <class L>
using Format = OneScale<vector::UnpackQ4_K<L>, 0>;

}  // namespace

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
