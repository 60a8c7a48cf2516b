// Activations to int8 with one scale per group of blocks, for any vector width: the same bits as
// scalar. A row that holds a NaN gives some finite integers for it. Instantiated only in
// kernels/<isa>/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/activation_panel.h"
#include "kernels/activation_ranges.h"

namespace cromwell::kernels::vector {

// Entries: kernels/avx2/activation_entry.h
template <class V, class Entries>
struct Quantize {
  using Float = typename V::Float;
  using Bytes = typename Entries::Bytes;
  static constexpr int kVectors = kActivationBlock / V::kLanes;
  // One token's entries are as many lines apart as the chunk has tokens, which is to say in the
  // same few places of the cache. So several tokens, whose entries are neighbours, go together.
  static constexpr int kTogether = 2;

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

  // The largest |x| of each lane.
  static Float largest(const float* x) {
    Float most = V::zero();
    for (int i = 0; i < kVectors; ++i) most = V::max(V::abs(V::load(x + i * V::kLanes)), most);
    return most;
  }

  static void find_ranges(const float* x, int blocks, float* ranges) {
    constexpr int kBlock = kActivationBlock;
    int b = 0;
    for (; b + 4 <= blocks; b += 4) {
      const float* four = x + b * kBlock;
      V::store_maxima(ranges + b, largest(four), largest(four + kBlock), largest(four + 2 * kBlock),
                      largest(four + 3 * kBlock));
    }
    for (; b < blocks; ++b) ranges[b] = V::reduce_max(largest(x + b * kBlock));
    for (b = 0; b < blocks; ++b) ranges[b] = usable_range(ranges[b]);
  }

  static Bytes to_int8(const Values& x, Float inverse) {
    Float scaled[kVectors];
    for (int i = 0; i < kVectors; ++i) scaled[i] = V::mul(x.v[i], inverse);
    return V::to_int8(scaled);
  }

  // x - scale * q, rounded once
  static Values rest(Values values, const ActivationBlock& block) {
    const Float minus_scale = V::broadcast(-block.scale);
    for (int i = 0; i < kVectors; ++i) {
      values.v[i] = V::fma(minus_scale, V::load_int8(block.q + i * V::kLanes), values.v[i]);
    }
    return values;
  }

  // One row of a chunk, and where its entries are: those of a block `stride` behind those of the
  // block before.
  struct Row {
    const float* x;
    const float* ranges;  // of its blocks
    float limit;          // a block with a larger range has a second entry
    int token;            // of the chunk
    std::ptrdiff_t stride;
    ActivationBlock* blocks;
    ActivationBlock* outliers;
    ActivationGroup* groups;
    std::uint64_t* marks;

    Values values(int b) const { return load(x + b * kActivationBlock); }
  };

  // Token t's, its ranges found.
  static Row row(const float* x, int t, float outlier_above, const ActivationPanel& out) {
    const int blocks = out.row_blocks();
    x += static_cast<std::ptrdiff_t>(t) * out.cols;
    float* ranges = out.ranges + static_cast<std::ptrdiff_t>(t) * blocks;
    find_ranges(x, blocks, ranges);
    const float limit = outlier_above * usual_range(ranges, blocks);
    const int chunk = t / kPanelTokens;
    const int token = t % kPanelTokens;
    return {x,
            ranges,
            limit,
            token,
            out.chunk_tokens(chunk),
            out.blocks + out.begin(chunk, 0) + token,
            out.outliers + out.begin(chunk, 0) + token,
            out.groups + out.group_begin(chunk, 0) + token,
            &out.mark(chunk, 0)};
  }

  // Block b's second entry. Returns what it leaves.
  static Values outlier(const Row& row, int b) {
    const float range = row.ranges[b];
    const Values x = row.values(b);
    Bytes q[kGroupBlocks] = {to_int8(x, V::broadcast(127.0f / range))};
    ActivationBlock& out = row.outliers[b * row.stride];
    Entries(q).write(0, q[0], range / 127.0f, out);
    set_mark(row.marks[b], row.token);
    return rest(x, out);
  }

  static Values in_group(const Row& row, int b) {
    if (row.ranges[b] > row.limit) return outlier(row, b);
    return row.ranges[b] > 0 ? row.values(b) : zeros();
  }

  // n blocks from `begin` on.
  [[gnu::always_inline]] static void group(const Row& row, int begin, int n) {
    float range = 0;
    for (int i = 0; i < n; ++i) {
      const float own = range_in_group(row.ranges[begin + i], row.limit);
      range = own > range ? own : range;
    }
    range = usable_range(range);
    const Float inverse = V::broadcast(range > 0 ? 127.0f / range : 0);
    const float scale = range / 127.0f;
    Bytes q[kGroupBlocks] = {};
#pragma GCC unroll 4
    for (int i = 0; i < n; ++i) q[i] = to_int8(in_group(row, begin + i), inverse);
    const Entries sums(q);
#pragma GCC unroll 4
    for (int i = 0; i < n; ++i) sums.write(i, q[i], scale, row.blocks[(begin + i) * row.stride]);
    sums.write(scale, row.groups[begin / kGroupBlocks * row.stride]);
  }

  static void activations(const float* x, int token_begin, int token_end, float outlier_above,
                          const ActivationPanel& out) {
    const int blocks = out.row_blocks();
    const int whole = blocks - blocks % kGroupBlocks;
    for (int first = token_begin; first < token_end; first += kTogether) {
      const int n = token_end - first < kTogether ? token_end - first : kTogether;
      Row rows[kTogether];
      for (int i = 0; i < n; ++i) rows[i] = row(x, first + i, outlier_above, out);
      for (int b = 0; b < whole; b += kGroupBlocks) {
        for (int i = 0; i < n; ++i) group(rows[i], b, kGroupBlocks);
      }
      for (int i = 0; i < n && whole < blocks; ++i) group(rows[i], whole, blocks - whole);
    }
  }
};

}  // namespace cromwell::kernels::vector
