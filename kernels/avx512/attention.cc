#include "kernels/vector/attention.h"

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector.h"

namespace cromwell::kernels::avx512 {

void attention(const AttentionArgs& args) { vector::Attention<Vector>::run(args); }

}  // namespace cromwell::kernels::avx512
