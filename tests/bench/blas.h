// OpenBLAS beside our own product, where it was there when this was built. For benchmarks only.
#pragma once

#include <string>

namespace cromwell::bench {

// Its version, its kernels' name and thread limit; empty if it is absent.
std::string blas_name();
void set_blas_threads(int threads);
// c = a b^T; a: [m, k], b: [n, k], c: [m, n], row by row.
void blas_multiply(const float* a, const float* b, int m, int n, int k, float* c);
// Its threads busy-wait for about this long after a product; who shares the processors waits
// longer.
inline constexpr int kBlasSpinMs = 40;

}  // namespace cromwell::bench
