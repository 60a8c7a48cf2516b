#include "tests/bench/blas.h"

#include <cblas.h>

namespace cromwell::bench {

std::string blas_name() { return openblas_get_config(); }

void set_blas_threads(int threads) { openblas_set_num_threads(threads); }

void blas_multiply(const float* a, const float* b, int m, int n, int k, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, k, 1, a, k, b, k, 0, c, n);
}

}  // namespace cromwell::bench
