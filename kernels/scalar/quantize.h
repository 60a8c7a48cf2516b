// The quantisers of one block, by its type: the inverse of unpack.h. What is searched for is in
// fit.h. x: [block_size], finite and within kLargestWeight.
#pragma once

#include "kernels/blocks.h"
#include "kernels/quantize_row.h"

namespace cromwell::kernels::scalar {

void quantize_block(const float* x, BlockQ8_0* out);
void quantize_block(const float* x, BlockQ4_0* out);
void quantize_block(const float* x, BlockQ4_1* out);
void quantize_block(const float* x, BlockQ5_0* out);
void quantize_block(const float* x, BlockQ5_1* out);
void quantize_block(const float* x, BlockIQ4_NL* out);
void quantize_block(const float* x, BlockQ2_K* out);
void quantize_block(const float* x, BlockQ3_K* out);
void quantize_block(const float* x, BlockQ4_K* out);
void quantize_block(const float* x, BlockQ5_K* out);
void quantize_block(const float* x, BlockQ6_K* out);

}  // namespace cromwell::kernels::scalar
