// Attention for any vector width, on blocks of 64 positions. For each block the keys are turned to
// [head_dim, 64] and the values widened once, for all queries of the call. Instantiated only in
// kernels/<isa>/.
//
// The canonical order of one query's result:
//   score[j] = scale * sum over d ascending of q[d] k[j][d]            (lanes over positions)
//   m_b = max score;  p[j] = exp(score[j] - m_b);  l_b = sum of p: vectors in pairs, then V's tree
//   o_b[d] = sum over j ascending of p[j] v[j][d]                      (lanes over d)
// and blocks are combined ascending by the online softmax of FlashAttention (Dao et al. 2022):
//   m' = max(m, m_b);  l' = l exp(m - m') + l_b exp(m_b - m');  o' likewise;  result o / l
#pragma once

#include <cstddef>

#include "kernels/ops.h"
#include "kernels/vector/exp.h"

namespace cromwell::kernels::vector {

inline constexpr int kMaxHeadDim = 256;
inline constexpr int kMaxQueries = 256;  // of one pass over the blocks; a query is (token, head)

template <class V>
struct Attention {
  using Float = typename V::Float;
  static constexpr int kLanes = V::kLanes;
  static constexpr int kVectors = kKvBlock / kLanes;  // that hold the scores of a block
  static constexpr int kRows = V::kScoreRows;

  struct Scratch {
    alignas(64) float k[kMaxHeadDim * kKvBlock];  // [head_dim, position]
    alignas(64) float v[kKvBlock * kMaxHeadDim];  // [position, head_dim]
    alignas(64) float p[kRows * kKvBlock];        // [row, position]: scores, then weights
    float maximum[kMaxQueries];
    float sum[kMaxQueries];
  };

  // Positions from `used` on hold anything: their keys give scores that are masked later, their
  // values are not read.
  static void load_block(const half* k, const half* v, int head_dim, int used, Scratch& s) {
    for (int j = 0; j < used; j += kLanes) {
      for (int d = 0; d < head_dim; d += 8) {
        V::transpose_halves(k + j * head_dim + d, head_dim, s.k + d * kKvBlock + j, kKvBlock);
      }
    }
    for (int i = 0; i < used * head_dim; i += kLanes) V::store(s.v + i, V::load_half(v + i));
  }

  // Scores of kR queries into s.p.
  template <int kR>
  static void score(const float* const* q, int head_dim, float scale, Scratch& s) {
    Float acc[kR][kVectors];
    for (int r = 0; r < kR; ++r) {
      for (int i = 0; i < kVectors; ++i) acc[r][i] = V::zero();
    }
    for (int d = 0; d < head_dim; ++d) {
      for (int i = 0; i < kVectors; ++i) {
        const Float keys = V::load(s.k + d * kKvBlock + i * kLanes);
        for (int r = 0; r < kR; ++r) acc[r][i] = V::fma(V::broadcast(q[r][d]), keys, acc[r][i]);
      }
    }
    for (int r = 0; r < kR; ++r) {
      for (int i = 0; i < kVectors; ++i) {
        V::store(s.p + r * kKvBlock + i * kLanes, V::mul(acc[r][i], V::broadcast(scale)));
      }
    }
  }

  struct BlockSum {
    float maximum;
    float sum;
  };

  // Scores to weights, in place; positions from `used` on get weight 0.
  static BlockSum soften(float* p, int used) {
    for (int j = used; j < kKvBlock; ++j) p[j] = -__builtin_inff();
    Float values[kVectors];
    for (int i = 0; i < kVectors; ++i) values[i] = V::load(p + i * kLanes);
    Float largest = values[0];
    for (int i = 1; i < kVectors; ++i) largest = V::max(largest, values[i]);
    const float maximum = V::reduce_max(largest);
    for (int i = 0; i < kVectors; ++i) {
      values[i] = exp<V>(V::sub(values[i], V::broadcast(maximum)));
      V::store(p + i * kLanes, values[i]);
    }
    for (int width = kVectors / 2; width > 0; width /= 2) {
      for (int i = 0; i < width; ++i) values[i] = V::add(values[2 * i], values[2 * i + 1]);
    }
    return {maximum, V::reduce_add(values[0])};
  }

  // out = keep * out + take * sum over j of p[j] v[j], kN vectors of the head at a time.
  template <int kN>
  static void add_values(const float* p, int used, const float* v, int head_dim, Float keep,
                         Float take, float* out) {
    Float acc[kN];
    for (int i = 0; i < kN; ++i) acc[i] = V::zero();
    for (int j = 0; j < used; ++j) {
      const Float weight = V::broadcast(p[j]);
      for (int i = 0; i < kN; ++i) {
        acc[i] = V::fma(weight, V::load(v + j * head_dim + i * kLanes), acc[i]);
      }
    }
    for (int i = 0; i < kN; ++i) {
      float* to = out + i * kLanes;
      V::store(to, V::fma(V::load(to), keep, V::mul(acc[i], take)));
    }
  }

  // Adds the block's softened weights to the query's running result.
  static void combine(const float* p, int used, BlockSum block, int query, bool first, int head_dim,
                      float* out, Scratch& s) {
    Float keep = V::zero();
    Float take = V::broadcast(1.0f);
    if (first) {
      s.maximum[query] = block.maximum;
      s.sum[query] = block.sum;
      for (int d = 0; d < head_dim; d += kLanes) V::store(out + d, V::zero());
    } else {
      const float before = s.maximum[query];
      const float maximum = before > block.maximum ? before : block.maximum;
      keep = exp<V>(V::broadcast(before - maximum));
      take = exp<V>(V::broadcast(block.maximum - maximum));
      s.maximum[query] = maximum;
      s.sum[query] = s.sum[query] * V::first_lane(keep) + block.sum * V::first_lane(take);
    }
    int d = 0;
    constexpr int kN = kKvBlock / kLanes;  // 64 elements: enough sums in flight for the FMA units
    for (; d + kN * kLanes <= head_dim; d += kN * kLanes) {
      add_values<kN>(p, used, s.v + d, head_dim, keep, take, out + d);
    }
    for (; d < head_dim; d += kLanes) {
      add_values<1>(p, used, s.v + d, head_dim, keep, take, out + d);
    }
  }

  // The queries of one pass: tokens [begin, end) of the call, all heads of the group.
  struct Pass {
    const AttentionArgs& args;
    int begin;
    int end;

    int queries() const { return (end - begin) * args.group; }
    int length(int query) const { return args.first_position + begin + query / args.group + 1; }
    std::ptrdiff_t offset(int query, int stride) const {
      return static_cast<std::ptrdiff_t>(begin + query / args.group) * stride +
             static_cast<std::ptrdiff_t>(query % args.group) * args.head_dim;
    }
    const float* q(int query) const { return args.q + offset(query, args.q_stride); }
    float* out(int query) const { return args.out + offset(query, args.out_stride); }
  };

  template <int kR>
  static void attend(const Pass& pass, int query, int block, Scratch& s) {
    const AttentionArgs& args = pass.args;
    const float* q[kR];
    for (int r = 0; r < kR; ++r) q[r] = pass.q(query + r);
    score<kR>(q, args.head_dim, args.scale, s);
    for (int r = 0; r < kR; ++r) {
      const int left = pass.length(query + r) - block * kKvBlock;
      const int used = left < kKvBlock ? left : kKvBlock;
      float* p = s.p + r * kKvBlock;
      const BlockSum sum = soften(p, used);
      combine(p, used, sum, query + r, block == 0, args.head_dim, pass.out(query + r), s);
    }
  }

  static void run_pass(const Pass& pass, Scratch& s) {
    const AttentionArgs& args = pass.args;
    const int queries = pass.queries();
    const int length = pass.length(queries - 1);
    for (int block = 0; block * kKvBlock < length; ++block) {
      const int left = length - block * kKvBlock;
      load_block(args.k_blocks[block], args.v_blocks[block], args.head_dim,
                 left < kKvBlock ? left : kKvBlock, s);
      int query = 0;  // skips the tokens that end before this block
      while (pass.length(query) <= block * kKvBlock) query += args.group;
      for (; query + kRows <= queries; query += kRows) attend<kRows>(pass, query, block, s);
      for (; query < queries; ++query) attend<1>(pass, query, block, s);
    }
    for (int query = 0; query < queries; ++query) {
      float* out = pass.out(query);
      const Float sum = V::broadcast(s.sum[query]);
      for (int d = 0; d < args.head_dim; d += kLanes)
        V::store(out + d, V::div(V::load(out + d), sum));
    }
  }

  static void run(const AttentionArgs& args) {
    Scratch scratch;
    const int step = args.group < kMaxQueries ? kMaxQueries / args.group : 1;
    for (int begin = 0; begin < args.n_tokens; begin += step) {
      const int end = begin + step < args.n_tokens ? begin + step : args.n_tokens;
      run_pass(Pass{args, begin, end}, scratch);
    }
  }
};

}  // namespace cromwell::kernels::vector
