// One row of floats -> the blocks of a storage type: the inverse of dequantize_row, used when a
// model file is made and never while it runs. One plain form for all machines, so that the same
// floats give the same file everywhere. Scales are searched for the least sum of squared errors:
// scalar/fit.h. Any thread.
#pragma once

#include <cstddef>

#include "kernels/weight_type.h"

namespace cromwell::kernels {

// The largest magnitude that every type can hold: scales are stored as halves.
inline constexpr float kLargestWeight = 65504.0f;

// x: [cols], finite and within kLargestWeight; cols is a multiple of the type's block size.
// out: cols / block_size blocks.
void quantize_row(WeightType type, const float* x, int cols, std::byte* out);

}  // namespace cromwell::kernels
