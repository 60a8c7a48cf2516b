// Activations to int8 with one scale per group of blocks, and the second entries of blocks with an
// outlier.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "kernels/activation_ranges.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

std::int16_t sum16(const std::int8_t* q) {
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += q[i];
  return static_cast<std::int16_t>(sum);
}

float range_of(const float* x) {
  float largest = 0;
  for (int i = 0; i < kActivationBlock; ++i) largest = std::max(largest, std::fabs(x[i]));
  return usable_range(largest);
}

void quantize_block(const float* x, float range, ActivationBlock& out) {
  out.scale = range / 127.0f;
  const float inverse = range > 0 ? 127.0f / range : 0;
  for (int i = 0; i < kActivationBlock; ++i) {
    const float scaled = std::nearbyint(x[i] * inverse);
    out.q[i] = scaled == scaled ? static_cast<std::int8_t>(scaled) : std::int8_t{0};
  }
  for (int h = 0; h < 2; ++h) out.sum16[h] = sum16(out.q + 16 * h);
  const int sum = out.sum16[0] + out.sum16[1];
  for (std::int16_t& twice : out.sum32) twice = static_cast<std::int16_t>(sum);
  for (int i = 0; i < 4; ++i) out.minus_offset[i] = -kWeightOffsets[i] * sum;
  out.sum = static_cast<float>(sum);
}

// One row of a chunk, and where its entries are.
struct Row {
  const float* x;
  int chunk;
  int token;
  const ActivationPanel& out;

  const float* values(int b) const { return x + b * kActivationBlock; }
  ActivationBlock& block(int b) const { return out.blocks[out.begin(chunk, b) + token]; }
  ActivationBlock& outlier(int b) const { return out.outliers[out.begin(chunk, b) + token]; }
};

void quantize_outlier(const Row& row, int b, float range, float* rest) {
  const float* x = row.values(b);
  ActivationBlock& outlier = row.outlier(b);
  quantize_block(x, range, outlier);
  for (int i = 0; i < kActivationBlock; ++i) {
    rest[i] = std::fma(-outlier.scale, static_cast<float>(outlier.q[i]), x[i]);
  }
  set_mark(row.out.mark(row.chunk, b), row.token);
}

void quantize_group(const Row& row, int begin, int end, const float* ranges, float limit) {
  float range = 0;
  for (int b = begin; b < end; ++b) range = std::max(range, range_in_group(ranges[b], limit));
  range = usable_range(range);
  ActivationGroup& group = row.out.groups[row.out.group_begin(row.chunk, begin) + row.token];
  group = {.scale = range / 127.0f};
  for (int b = begin; b < end; ++b) {
    float rest[kActivationBlock] = {};
    if (ranges[b] > limit) {
      quantize_outlier(row, b, ranges[b], rest);
    } else if (ranges[b] > 0) {
      std::copy_n(row.values(b), kActivationBlock, rest);
    }
    ActivationBlock& block = row.block(b);
    quantize_block(rest, range, block);
    for (int h = 0; h < 2; ++h) group.sum16[2 * (b - begin) + h] = block.sum16[h];
    group.sum32[b - begin] = block.sum32[0];
  }
}

void quantize_row(const Row& row, float* ranges, float outlier_above) {
  const int blocks = row.out.row_blocks();
  for (int b = 0; b < blocks; ++b) ranges[b] = range_of(row.values(b));
  const float limit = outlier_above * usual_range(ranges, blocks);
  for (int b = 0; b < blocks; b += kGroupBlocks) {
    quantize_group(row, b, std::min(b + kGroupBlocks, blocks), ranges, limit);
  }
}

}  // namespace

void quantize_activations(const float* x, int token_begin, int token_end, float outlier_above,
                          const ActivationPanel& out) {
  for (int t = token_begin; t < token_end; ++t) {
    quantize_row(
        {x + static_cast<std::ptrdiff_t>(t) * out.cols, t / kPanelTokens, t % kPanelTokens, out},
        out.ranges + static_cast<std::ptrdiff_t>(t) * out.row_blocks(), outlier_above);
  }
}

}  // namespace cromwell::kernels::scalar
