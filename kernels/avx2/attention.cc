#include "kernels/vector/attention.h"

#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector.h"

namespace cromwell::kernels::avx2 {

void attention(const AttentionArgs& args) { vector::Attention<Vector>::run(args); }

}  // namespace cromwell::kernels::avx2
