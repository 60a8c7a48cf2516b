// In blas.cc's place where there is no OpenBLAS.
#include "tests/bench/blas.h"

namespace cromwell::bench {

std::string blas_name() { return ""; }
void set_blas_threads(int /*threads*/) {}
void blas_multiply(const float* /*a*/, const float* /*b*/, int /*m*/, int /*n*/, int /*k*/,
                   float* /*c*/) {}

}  // namespace cromwell::bench
