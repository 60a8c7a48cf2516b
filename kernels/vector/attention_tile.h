// One tile of attention: up to kRows queries of one KV head and one segment of positions. Scores
// from the keys, weights from the scores, and the weighted sums of the values; keys lie transposed
// in the cache's blocks, and widening to float is free beside the multiplications of two or more
// queries. What makes a call of tiles, and the canonical order, is in attention.h. Instantiated
// only in kernels/<isa>/.
#pragma once

#include <cstddef>

#include "kernels/ops.h"
#include "kernels/vector/exp.h"
#include "kernels/vector/kv_block.h"

namespace cromwell::kernels::vector {

inline constexpr int kMaxQueries = 256;  // of one pass over the segments

template <class V, class Block>
struct AttentionTile {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kRows = 8;
  static constexpr int kBlocks = kKvSegment / kKvBlock;
  static constexpr int kKeyBytes =
      kKvBlock / kLanes * Block::kVectorBytes;  // an element's, of a block

  struct Scratch {
    alignas(64) float q[kMaxQueries * kMaxHeadDim];  // [query / kRows, head_dim, kRows], scaled
    alignas(64) float p[kRows * kKvSegment];         // [row, position]: scores, then weights
    float scales[Block::kScratch];
    float maximum[kMaxQueries];
    float sum[kMaxQueries];
  };

  // The queries of one pass, begin .. end - 1 of the call.
  struct Pass {
    const AttentionArgs& args;
    int begin;
    int end;

    int count() const { return end - begin; }
    int length(int query) const { return args.first_position + (begin + query) / args.group + 1; }
    int first(int query) const { return first_visible(args, length(query) - 1); }
    int first_segment(int query) const { return first(query) / kKvSegment; }
    std::ptrdiff_t offset(int query, int stride) const {
      return static_cast<std::ptrdiff_t>((begin + query) / args.group) * stride +
             static_cast<std::ptrdiff_t>((begin + query) % args.group) * args.head_dim;
    }
    const float* q(int query) const { return args.q + offset(query, args.q_stride); }
    float* out(int query) const { return args.out + offset(query, args.out_stride); }
    float* partial(int query, int segment) const {
      const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(begin + query) * args.segments;
      return args.partials + (row + segment) * attention_partial(args.head_dim);
    }
  };

  // kRows queries at most, from `query` on, and one segment.
  struct Tile {
    const Pass& pass;
    int query;
    int segment;
    Scratch& s;
    // Positions of the segment that each row attends to, from begin on and before end: both ascend
    // from row to row. None where end is not above begin.
    int begin[kRows] = {};
    int end[kRows] = {};
    int lowest = 0;   // the first that any row attends to
    int longest = 0;  // and past the last
    // Those that all rows attend to; where there are none, both are the same.
    int common_begin = 0;
    int common_end = 0;
    const char* ahead[kBlocks] = {};  // keys wanted next, if any: loaded into the cache meanwhile

    int head_dim() const { return pass.args.head_dim; }
    int blocks() const { return (longest + kKvBlock - 1) / kKvBlock; }
    int block(int b) const { return segment * kBlocks + b; }
    Block keys(int b) const { return {pass.args.k_blocks[block(b)], head_dim(), s.scales}; }
    Block values(int b) const { return {pass.args.v_blocks[block(b)], head_dim(), s.scales}; }
    const float* q() const { return s.q + query * head_dim(); }
    bool attends(int row) const { return begin[row] < end[row]; }
  };

  template <int kBytes>
  static void prefetch(const char* from) {
    for (int i = 0; i < kBytes; i += 64) V::prefetch(from + i);
  }

  // The most vectors, a power of two, of which kR rows fit the registers as sums.
  static constexpr int columns(int rows, int most) {
    int n = most;
    while (n > 1 && rows * n > V::kAttentionSums) n /= 2;
    return n;
  }

  // Scores of kR queries and a block into s.p. Positions from `longest` on hold anything.
  template <int kR>
  static void score(const Tile& tile, int b) {
    constexpr int kC = columns(kR, kKvBlock / kLanes);
    const Block keys = tile.keys(b);
    const int head_dim = tile.head_dim();
    const int end = tile.longest - b * kKvBlock;
    const char* ahead = reinterpret_cast<const char*>(tile.pass.args.v_blocks[tile.block(b)]);
    for (int j = 0; j < kKvBlock && j < end; j += kC * kLanes) {
      Float acc[kR][kC];
#pragma GCC unroll 8
      for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 8
        for (int i = 0; i < kC; ++i) acc[r][i] = V::zero();
      }
      const float* q = tile.q();
      for (int d = 0; d < head_dim; ++d, q += kRows) {
        prefetch<kC * Block::kVectorBytes>(ahead);
        ahead += kC * Block::kVectorBytes;
        Float key[kC];
#pragma GCC unroll 8
        for (int i = 0; i < kC; ++i) key[i] = keys.key(d, j + i * kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kR; ++r) {
          const Float factor = V::broadcast(q[r]);
#pragma GCC unroll 8
          for (int i = 0; i < kC; ++i) acc[r][i] = V::fma(factor, key[i], acc[r][i]);
        }
      }
      float* p = tile.s.p + b * kKvBlock + j;
      for (int r = 0; r < kR; ++r, p += kKvSegment) {
#pragma GCC unroll 8
        for (int i = 0; i < kC; ++i) V::store(p + i * kLanes, acc[r][i]);
      }
    }
  }

  struct SegmentSum {
    float maximum;
    float sum;
  };

  // Scores to weights, in place; positions before `begin` and from `end` on get weight 0.
  static SegmentSum soften(float* p, int begin, int end) {
    const Float lowest = V::broadcast(kLowestScore);
    const int first = begin / kLanes * kLanes;
    const int last = (end - 1) / kLanes * kLanes;
    if (begin > first) V::store(p + first, V::first_or(lowest, begin - first, V::load(p + first)));
    V::store(p + last, V::first_or(V::load(p + last), end - last, lowest));
    Float largest = V::load(p + first);
    for (int j = first + kLanes; j <= last; j += kLanes) largest = V::max(largest, V::load(p + j));
    const float maximum = V::reduce_max(largest);
    Float sum[2] = {V::zero(), V::zero()};
    if (first % (2 * kLanes) != 0) V::store(p + first - kLanes, lowest);
    for (int j = first / (2 * kLanes) * 2 * kLanes; j <= last; j += 2 * kLanes) {
      for (int i = 0; i < 2; ++i) {
        if (j + i * kLanes > last) break;
        float* at = p + j + i * kLanes;
        const Float weight = exp2<V>(V::sub(V::load(at), V::broadcast(maximum)));
        V::store(at, weight);
        sum[i] = V::add(sum[i], weight);
      }
    }
    for (int j = last + kLanes; j < kKvSegment; j += kLanes) V::store(p + j, V::zero());
    return {maximum, V::reduce_add(V::add(sum[0], sum[1]))};
  }

  // Where a row's weighted sum goes: to = take * sum + keep * to, or to = sum.
  struct Target {
    float* to = nullptr;
    bool first = true;
    Float keep = V::zero();
    Float take = V::broadcast(1.0f);
  };

  // sums[r, i] = the weighted sum of vector i of the values from element d on, over the positions
  // that all rows attend to; or, where these are not the segment's first, sums[r, i] +=. Unrolled
  // by order, and not inlined: else g++ keeps sums in memory.
  template <int kR, int kD, bool kFromFirst>
  [[gnu::noinline]] static void weigh_common(const Tile& tile, int d, Float* sums) {
    Float acc[kR][kD];
#pragma GCC unroll 8
    for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 8
      for (int i = 0; i < kD; ++i) acc[r][i] = kFromFirst ? V::zero() : sums[r * kD + i];
    }
    const int first = kFromFirst ? 0 : tile.common_begin;
    const float* p = tile.s.p + first;
    int begin = first % kKvBlock;
    for (int b = first / kKvBlock; b * kKvBlock < tile.common_end; ++b) {
      const Block values = tile.values(b);
      const char* ahead = tile.ahead[b] + d * kKvBlock * Block::kVectorBytes / kLanes;
      const int left = tile.common_end - b * kKvBlock;
      const int positions = left < kKvBlock ? left : kKvBlock;
      for (int j = begin; j < positions; ++j, ++p) {
        prefetch<kD * Block::kVectorBytes>(ahead);
        ahead += kD * Block::kVectorBytes;
        Float value[kD];
#pragma GCC unroll 8
        for (int i = 0; i < kD; ++i) value[i] = values.value(j, d + i * kLanes);
#pragma GCC unroll 8
        for (int r = 0; r < kR; ++r) {
          const Float weight = V::broadcast(p[r * kKvSegment]);
#pragma GCC unroll 8
          for (int i = 0; i < kD; ++i) acc[r][i] = V::fma(weight, value[i], acc[r][i]);
        }
      }
      if constexpr (!kFromFirst) begin = 0;
    }
#pragma GCC unroll 8
    for (int r = 0; r < kR; ++r) {
#pragma GCC unroll 8
      for (int i = 0; i < kD; ++i) sums[r * kD + i] = acc[r][i];
    }
  }

  // The same over positions that not all rows attend to, row by row: a row must not meet values
  // outside its own, not even with weight 0, since they may be infinite.
  template <int kR, int kD>
  static void weigh_ends(const Tile& tile, int begin, int end, int d, Float* sums) {
    for (int j = begin; j < end; ++j) {
      const Block values = tile.values(j / kKvBlock);
      for (int r = 0; r < kR; ++r) {
        if (j < tile.begin[r] || j >= tile.end[r]) continue;
        const Float weight = V::broadcast(tile.s.p[r * kKvSegment + j]);
        for (int i = 0; i < kD; ++i) {
          const Float value = values.value(j % kKvBlock, d + i * kLanes);
          sums[r * kD + i] = V::fma(weight, value, sums[r * kD + i]);
        }
      }
    }
  }

  template <int kR, int kD>
  static void weigh_vectors(const Tile& tile, int d, const Target* targets) {
    Float sums[kR * kD];
    if (tile.common_begin == 0) {
      weigh_common<kR, kD, true>(tile, d, sums);
    } else {
      for (Float& sum : sums) sum = V::zero();
      weigh_ends<kR, kD>(tile, tile.lowest, tile.common_begin, d, sums);
      weigh_common<kR, kD, false>(tile, d, sums);
    }
    weigh_ends<kR, kD>(tile, tile.common_end, tile.longest, d, sums);
    for (int r = 0; r < kR; ++r) {
      if (!tile.attends(r)) continue;
      const Target& target = targets[r];
      for (int i = 0; i < kD; ++i) {
        float* to = target.to + d + i * kLanes;
        const Float before = target.first ? V::zero() : V::mul(V::load(to), target.keep);
        V::store(to, V::fma(sums[r * kD + i], target.take, before));
      }
    }
  }

  // All elements from d on, as many vectors at a time as fit.
  template <int kR, int kD>
  static void weigh(const Tile& tile, int d, const Target* targets) {
    for (; d + kD * kLanes <= tile.head_dim(); d += kD * kLanes) {
      weigh_vectors<kR, kD>(tile, d, targets);
    }
    if constexpr (kD > 1) {
      if (d < tile.head_dim()) weigh<kR, kD / 2>(tile, d, targets);
    }
  }
};

}  // namespace cromwell::kernels::vector
