#include "kernels/vector/quantize_activations.h"

#include "kernels/avx2/activation_entry.h"
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector.h"

namespace cromwell::kernels::avx2 {

void quantize_activations(const float* x, int token_begin, int token_end, float outlier_above,
                          const ActivationPanel& out) {
  vector::Quantize<Vector, avx2::EntrySums<Vector>>::activations(x, token_begin, token_end,
                                                                 outlier_above, out);
}

}  // namespace cromwell::kernels::avx2
