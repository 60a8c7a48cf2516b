#include "kernels/vector/sum_logits.h"

#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector.h"

namespace cromwell::kernels::avx2 {

LogitSum sum_logits(const float* x, int n) { return vector::SumLogits<Vector>::run(x, n); }

}  // namespace cromwell::kernels::avx2
