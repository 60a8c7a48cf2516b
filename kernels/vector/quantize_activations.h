// Activations to int8 with one scale per group of blocks, for any vector width: the same bits as
// scalar. A row that holds a NaN gives some finite integers for it. Instantiated only in
// kernels/<isa>/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/ops.h"

namespace cromwell::kernels::vector {

template <class V>
struct Quantize {
  using Float = typename V::Float;
  static constexpr int kVectors = kActivationBlock / V::kLanes;

  struct Values {
    Float v[kVectors];
  };

  static Values load(const float* x) {
    Values values;
    for (int i = 0; i < kVectors; ++i) values.v[i] = V::load(x + i * V::kLanes);
    return values;
  }

  static Values zeros() {
    Values values;
    for (int i = 0; i < kVectors; ++i) values.v[i] = V::zero();
    return values;
  }

  // A scale below the normal numbers would lose its precision: such a range counts as zero.
  static float usable(float range) {
    constexpr float kSmallest = 0x1p-126f;
    constexpr float kLargest = 0x1.fffffep127f;
    const float scale = range / 127.0f;
    return scale >= kSmallest && scale <= kLargest ? range : 0;
  }

  static float range_of(const Values& x) {
    Float most = V::zero();
    for (int i = 0; i < kVectors; ++i) most = V::max(V::abs(x.v[i]), most);
    return usable(V::reduce_max(most));
  }

  static void block(const Values& x, float scale, Float inverse, ActivationBlock& out) {
    for (int i = 0; i < kVectors; ++i) {
      V::store_int8(out.q + i * V::kLanes, V::mul(x.v[i], inverse));
    }
    out.scale = scale;
    for (int h = 0; h < 2; ++h) {
      out.sum16[h] = static_cast<std::int16_t>(V::sum_int8(out.q + 16 * h));
    }
    const int sum = out.sum16[0] + out.sum16[1];
    for (int i = 0; i < 4; ++i) out.minus_offset[i] = -kWeightOffsets[i] * sum;
    out.sum = static_cast<float>(sum);
  }

  // x - scale * q, rounded once
  static Values rest(Values values, const ActivationBlock& block) {
    const Float minus_scale = V::broadcast(-block.scale);
    for (int i = 0; i < kVectors; ++i) {
      values.v[i] = V::fma(minus_scale, V::load_int8(block.q + i * V::kLanes), values.v[i]);
    }
    return values;
  }

  // The mean without the blocks that have more than twice the mean of all.
  static float usual_range(const float* ranges, int blocks) {
    float sum = 0;
    for (int b = 0; b < blocks; ++b) sum += ranges[b];
    const float most = 2 * (sum / static_cast<float>(blocks));
    float usual = 0;
    int n = 0;
    for (int b = 0; b < blocks; ++b) {
      if (ranges[b] <= most) {
        usual += ranges[b];
        ++n;
      }
    }
    return usual / static_cast<float>(n);
  }

  // What a block adds to its group's range: all of its own, or what its second entry leaves.
  static float range_in_group(float range, float limit) {
    return range > limit ? range / 127.0f / 2 : range;
  }

  // One row of a chunk, and where its entries are.
  struct Row {
    const float* x;
    int chunk;
    int token;
    const ActivationPanel& out;

    Values values(int b) const { return load(x + b * kActivationBlock); }
    ActivationBlock& block(int b) const { return out.blocks[out.begin(chunk, b) + token]; }
    ActivationBlock& outlier(int b) const { return out.outliers[out.begin(chunk, b) + token]; }
  };

  // Block b's second entry. Returns what it leaves.
  static Values outlier(const Row& row, int b, float range) {
    const Values x = row.values(b);
    ActivationBlock& out = row.outlier(b);
    block(x, range / 127.0f, V::broadcast(127.0f / range), out);
    set_mark(row.out.mark(row.chunk, b), row.token);
    return rest(x, out);
  }

  static void group(const Row& row, int begin, int end, const float* ranges, float limit) {
    float range = 0;
    for (int b = begin; b < end; ++b) {
      const float own = range_in_group(ranges[b], limit);
      range = own > range ? own : range;
    }
    range = usable(range);
    const Float inverse = V::broadcast(range > 0 ? 127.0f / range : 0);
    ActivationGroup& out = row.out.groups[row.out.group_begin(row.chunk, begin) + row.token];
    out = {.scale = range / 127.0f};
    for (int b = begin; b < end; ++b) {
      Values x;
      if (ranges[b] > limit) {
        x = outlier(row, b, ranges[b]);
      } else {
        x = ranges[b] > 0 ? row.values(b) : zeros();
      }
      ActivationBlock& to = row.block(b);
      block(x, out.scale, inverse, to);
      for (int h = 0; h < 2; ++h) out.sum16[2 * (b - begin) + h] = to.sum16[h];
      out.sum32[b - begin] = static_cast<std::int16_t>(to.sum16[0] + to.sum16[1]);
    }
  }

  static void row(const Row& row, float* ranges, float outlier_above) {
    const int blocks = row.out.row_blocks();
    for (int b = 0; b < blocks; ++b) ranges[b] = range_of(row.values(b));
    const float limit = outlier_above * usual_range(ranges, blocks);
    for (int b = 0; b < blocks; b += kGroupBlocks) {
      const int end = b + kGroupBlocks < blocks ? b + kGroupBlocks : blocks;
      group(row, b, end, ranges, limit);
    }
  }

  static void activations(const float* x, int token_begin, int token_end, float outlier_above,
                          const ActivationPanel& out) {
    for (int t = token_begin; t < token_end; ++t) {
      row({x + static_cast<std::ptrdiff_t>(t) * out.cols, t / kPanelTokens, t % kPanelTokens, out},
          out.ranges + static_cast<std::ptrdiff_t>(t) * out.row_blocks(), outlier_above);
    }
  }
};

}  // namespace cromwell::kernels::vector
