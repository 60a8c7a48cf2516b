// The largest of some logits and the sum of their exponentials.
#include <cmath>
#include <limits>

#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {

LogitSum sum_logits(const float* x, int n) {
  constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
  float max = kMinusInfinity;
  for (int i = 0; i < n; ++i) max = x[i] > max ? x[i] : max;
  const float taken_off = max == kMinusInfinity ? 0.0f : max;
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += static_cast<double>(std::exp(x[i] - taken_off));
  return {.max = max, .sum = static_cast<float>(sum)};
}

}  // namespace cromwell::kernels::scalar
