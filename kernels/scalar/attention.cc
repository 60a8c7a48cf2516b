// Attention of one query head at one position over its segments of 256 positions, each with its own
// maximum and sum, combined ascending (the online softmax of FlashAttention, Dao et al. 2022):
//   m' = max(m, m_s);  l' = l exp(m - m') + l_s exp(m_s - m');  o likewise;  result o / l
#include <algorithm>
#include <cmath>

#include "kernels/scalar/kv_block.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

// The result of one or several segments: out[head_dim], then the maximum and the sum.
struct Partial {
  float* out;
  int head_dim;
  float& maximum() const { return out[head_dim]; }
  float& sum() const { return out[head_dim + 1]; }
};

void attend_segment(const AttentionArgs& args, const float* q, int segment, int position,
                    const Partial& result) {
  const int first = segment * kKvSegment;
  const int begin = std::max(0, first_visible(args, position) - first);
  const int end = std::min(kKvSegment, position + 1 - first);
  const int dim = args.head_dim;
  float weights[kKvSegment];
  result.maximum() = -INFINITY;
  for (int i = begin; i < end; ++i) {
    const std::byte* block = args.k_blocks[(first + i) / kKvBlock];
    float dot = 0;
    for (int d = 0; d < dim; ++d) {
      dot += q[d] * key(args.kv_type, block, dim, d, i % kKvBlock);
    }
    weights[i] = dot * args.scale;
    result.maximum() = std::max(result.maximum(), weights[i]);
  }
  result.sum() = 0;
  std::fill_n(result.out, dim, 0.0f);
  for (int i = begin; i < end; ++i) {
    const std::byte* block = args.v_blocks[(first + i) / kKvBlock];
    const float weight = std::exp(weights[i] - result.maximum());
    result.sum() += weight;
    for (int d = 0; d < dim; ++d) {
      result.out[d] += weight * value(args.kv_type, block, dim, d, i % kKvBlock);
    }
  }
}

void combine(const Partial& segment, const Partial& total) {
  const float maximum = std::max(total.maximum(), segment.maximum());
  const float keep = std::exp(total.maximum() - maximum);
  const float take = std::exp(segment.maximum() - maximum);
  for (int d = 0; d < total.head_dim; ++d)
    total.out[d] = total.out[d] * keep + segment.out[d] * take;
  total.sum() = total.sum() * keep + segment.sum() * take;
  total.maximum() = maximum;
}

// body(token, head, query): query = token * group + head.
template <class Body>
void for_queries(const AttentionArgs& args, Body&& body) {
  for (int query = 0; query < args.n_tokens * args.group; ++query) {
    body(query / args.group, query % args.group, query);
  }
}

// The first and the past-the-last segment of a token.
int first_segment(const AttentionArgs& args, int token) {
  return first_visible(args, args.first_position + token) / kKvSegment;
}
int end_segment(const AttentionArgs& args, int token) {
  return (args.first_position + token) / kKvSegment + 1;
}

const float* query_row(const AttentionArgs& args, int token, int head) {
  return args.q + static_cast<std::ptrdiff_t>(token) * args.q_stride + head * args.head_dim;
}

void write_result(const AttentionArgs& args, int token, int head, const Partial& total) {
  float* out =
      args.out + static_cast<std::ptrdiff_t>(token) * args.out_stride + head * args.head_dim;
  for (int d = 0; d < args.head_dim; ++d) out[d] = total.out[d] / total.sum();
}

Partial partial_of(const AttentionArgs& args, int query, int segment) {
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(query) * args.segments + segment;
  return {args.partials + row * attention_partial(args.head_dim), args.head_dim};
}

}  // namespace

void attention(const AttentionArgs& args) {
  for_queries(args, [&](int token, int head, int query) {
    const float* q = query_row(args, token, head);
    const int position = args.first_position + token;
    const int first = first_segment(args, token);
    const int end = end_segment(args, token);
    if (args.partials != nullptr) {
      for (int s = std::max(args.segment_begin, first); s < std::min(args.segment_end, end); ++s) {
        attend_segment(args, q, s, position, partial_of(args, query, s));
      }
      return;
    }
    float total_row[attention_partial(kMaxHeadDim)];
    float segment_row[attention_partial(kMaxHeadDim)];
    const Partial total{total_row, args.head_dim};
    const Partial segment{segment_row, args.head_dim};
    for (int s = first; s < end; ++s) {
      attend_segment(args, q, s, position, s == first ? total : segment);
      if (s > first) combine(segment, total);
    }
    write_result(args, token, head, total);
  });
}

void combine_segments(const AttentionArgs& args) {
  for_queries(args, [&](int token, int head, int query) {
    const int first = first_segment(args, token);
    const Partial total = partial_of(args, query, first);
    for (int s = first + 1; s < end_segment(args, token); ++s) {
      combine(partial_of(args, query, s), total);
    }
    write_result(args, token, head, total);
  });
}

}  // namespace cromwell::kernels::scalar
