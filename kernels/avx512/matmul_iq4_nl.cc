#include "kernels/avx512/accumulate.h"
#include "kernels/avx512/avx512.h"
#include "kernels/vector/unpack_iq4_nl.h"

namespace cromwell::kernels::avx512 {
namespace {

template <class L>
using Format = OneScale<vector::UnpackIQ4_NL<L, 128>, 128>;

}  // namespace

void matmul_iq4_nl_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                      float* y, int y_stride) {
  vector::multiply<Format, Lanes, PackedLanes>(w, x, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::avx512
