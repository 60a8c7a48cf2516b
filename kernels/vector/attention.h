// Attention for any vector width, straight from the cache's blocks. Queries are worked off kRows at
// a time (attention_tile.h), so that each key and value is loaded once for that many. Instantiated
// only in kernels/<isa>/.
//
// The canonical order of one query's result, in segments of kKvSegment positions:
//   score[j] = sum over d ascending of (q[d] scale log2 e) k[j][d]      (lanes over positions)
//   m_s = max score;  p[j] = 2^(score[j] - m_s)
//   l_s = sum of p: even and odd vectors ascending, both together, then V's tree
//   o_s[d] = sum over j ascending of p[j] v[j][d]                       (lanes over d)
// and segments are combined ascending by the online softmax of FlashAttention (Dao et al. 2022):
//   m' = max(m, m_s);  l' = l 2^(m - m') + l_s 2^(m_s - m');  o' likewise;  result o / l
#pragma once

#include <cstddef>

#include "kernels/ops.h"
#include "kernels/vector/attention_tile.h"

namespace cromwell::kernels::vector {

template <class V, class Block>
struct Attention : AttentionTile<V, Block> {
  using Base = AttentionTile<V, Block>;
  using Float = typename V::Float;
  using Pass = typename Base::Pass;
  using Scratch = typename Base::Scratch;
  using SegmentSum = typename Base::SegmentSum;
  using Target = typename Base::Target;
  using Tile = typename Base::Tile;
  using Base::kBlocks;
  using Base::kLanes;
  using Base::kRows;

  // What is kept of the result so far and taken of the new segment, and the new maximum and sum.
  static void rescale(SegmentSum segment, float& maximum, float& sum, Target& target) {
    const float larger = maximum > segment.maximum ? maximum : segment.maximum;
    target.keep = exp2<V>(V::broadcast(maximum - larger));
    target.take = exp2<V>(V::broadcast(segment.maximum - larger));
    maximum = larger;
    sum = sum * V::first_lane(target.keep) + segment.sum * V::first_lane(target.take);
  }

  template <int kR>
  static void attend(const Tile& tile) {
    for (int b = tile.lowest / kKvBlock; b < tile.blocks(); ++b) Base::template score<kR>(tile, b);
    const AttentionArgs& args = tile.pass.args;
    Target targets[kR];
    for (int r = 0; r < kR; ++r) {
      if (!tile.attends(r)) continue;
      const SegmentSum segment =
          Base::soften(tile.s.p + r * kKvSegment, tile.begin[r], tile.end[r]);
      Target& target = targets[r];
      const int query = tile.query + r;
      if (args.partials != nullptr) {
        target.to = tile.pass.partial(query, tile.segment);
        target.to[args.head_dim] = segment.maximum;
        target.to[args.head_dim + 1] = segment.sum;
        continue;
      }
      target.to = tile.pass.out(query);
      target.first = tile.segment == tile.pass.first_segment(query);
      if (target.first) {
        tile.s.maximum[query] = segment.maximum;
        tile.s.sum[query] = segment.sum;
      } else {
        rescale(segment, tile.s.maximum[query], tile.s.sum[query], target);
      }
    }
    Base::template weigh<kR, Base::columns(kR, 8)>(tile, 0, targets);
  }

  template <int kR>
  static void attend_rows(int rows, const Tile& tile) {
    if constexpr (kR > 0) {
      if (rows == kR) return attend<kR>(tile);
      return attend_rows<kR - 1>(rows, tile);
    }
  }

  static int least(int a, int b) { return a < b ? a : b; }
  static int most(int a, int b) { return a < b ? b : a; }
  static int within_segment(int position, int segment) {
    return least(most(position - segment * kKvSegment, 0), kKvSegment);
  }

  static void run_tile(const Pass& pass, int query, int segment, Scratch& s) {
    Tile tile{.pass = pass, .query = query, .segment = segment, .s = s};
    const int rows = pass.count() - query < kRows ? pass.count() - query : kRows;
    for (int r = 0; r < rows; ++r) {
      tile.begin[r] = within_segment(pass.first(query + r), segment);
      tile.end[r] = within_segment(pass.length(query + r), segment);
    }
    tile.lowest = tile.begin[0];
    tile.longest = tile.end[rows - 1];
    if (tile.lowest >= tile.longest) return;
    tile.common_begin = least(tile.begin[rows - 1], tile.longest);
    tile.common_end = most(tile.end[0], tile.common_begin);
    const int last = (pass.length(pass.count() - 1) - 1) / kKvBlock;
    for (int b = 0; b < kBlocks; ++b) {
      const int next = tile.block(b) + kBlocks;
      tile.ahead[b] = reinterpret_cast<const char*>(pass.args.k_blocks[next < last ? next : last]);
    }
    attend_rows<kRows>(rows, tile);
  }

  static void scale_queries(const Pass& pass, Scratch& s) {
    const float scale = pass.args.scale * kLog2E;
    for (int query = 0; query < pass.count(); ++query) {
      const float* q = pass.q(query);
      float* to = s.q + query / kRows * kRows * pass.args.head_dim + query % kRows;
      for (int d = 0; d < pass.args.head_dim; ++d) to[d * kRows] = q[d] * scale;
    }
  }

  static void divide(float* out, float sum, int head_dim) {
    const Float divisor = V::broadcast(sum);
    for (int d = 0; d < head_dim; d += kLanes) V::store(out + d, V::div(V::load(out + d), divisor));
  }

  // Later segments' keys are fetched while those before are in work.
  static void fetch_keys(const Pass& pass, int segment) {
    const int last = (pass.length(pass.count() - 1) - 1) / kKvBlock;
    for (int b = segment * kBlocks; b <= least(segment * kBlocks + kBlocks - 1, last); ++b) {
      const char* keys = reinterpret_cast<const char*>(pass.args.k_blocks[b]);
      for (int d = 0; d < pass.args.head_dim; ++d, keys += Base::kKeyBytes) {
        Base::template prefetch<Base::kKeyBytes>(keys);
      }
    }
  }

  static void run_pass(const Pass& pass, Scratch& s) {
    const AttentionArgs& args = pass.args;
    const int all = (pass.length(pass.count() - 1) + kKvSegment - 1) / kKvSegment;
    const bool share = args.partials != nullptr;
    const int first = pass.first_segment(0);
    const int begin = share ? most(args.segment_begin, first) : first;
    const int end = share && args.segment_end < all ? args.segment_end : all;
    fetch_keys(pass, begin);
    scale_queries(pass, s);
    for (int segment = begin; segment < end; ++segment) {
      for (int query = 0; query < pass.count(); query += kRows) run_tile(pass, query, segment, s);
    }
    if (share) return;
    for (int query = 0; query < pass.count(); ++query) {
      divide(pass.out(query), s.sum[query], args.head_dim);
    }
  }

  static void run(const AttentionArgs& args) {
    Scratch scratch;
    const int queries = args.n_tokens * args.group;
    for (int begin = 0; begin < queries; begin += kMaxQueries) {
      const int end = begin + kMaxQueries < queries ? begin + kMaxQueries : queries;
      run_pass(Pass{args, begin, end}, scratch);
    }
  }

  static void combine_query(const Pass& pass, int query) {
    const int head_dim = pass.args.head_dim;
    float* out = pass.out(query);
    const int first = pass.first_segment(query);
    const float* partial = pass.partial(query, first);
    float maximum = partial[head_dim];
    float sum = partial[head_dim + 1];
    for (int d = 0; d < head_dim; d += kLanes) V::store(out + d, V::load(partial + d));
    for (int segment = first + 1; segment * kKvSegment < pass.length(query); ++segment) {
      partial = pass.partial(query, segment);
      Target target;
      rescale({partial[head_dim], partial[head_dim + 1]}, maximum, sum, target);
      for (int d = 0; d < head_dim; d += kLanes) {
        const Float before = V::mul(V::load(out + d), target.keep);
        V::store(out + d, V::fma(V::load(partial + d), target.take, before));
      }
    }
    divide(out, sum, head_dim);
  }

  static void combine(const AttentionArgs& args) {
    const Pass pass{args, 0, args.n_tokens * args.group};
    for (int query = 0; query < pass.count(); ++query) combine_query(pass, query);
  }
};

}  // namespace cromwell::kernels::vector
