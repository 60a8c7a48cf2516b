#include "kernels/vector/sum_logits.h"

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector.h"

namespace cromwell::kernels::avx512 {

LogitSum sum_logits(const float* x, int n) { return vector::SumLogits<Vector>::run(x, n); }

}  // namespace cromwell::kernels::avx512
