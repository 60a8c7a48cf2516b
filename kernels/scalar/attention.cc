// Attention of one query head at one position over its blocks of 64 positions, each with its own
// maximum and sum, combined ascending (the online softmax of FlashAttention, Dao et al. 2022):
//   m' = max(m, m_b);  l' = l exp(m - m') + l_b exp(m_b - m');  o likewise;  result o / l
#include <algorithm>
#include <cmath>

#include "kernels/scalar/half.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels::scalar {
namespace {

constexpr int kMaxHeadDim = 256;

struct Partial {
  float maximum;
  float sum;
  float out[kMaxHeadDim];
};

void attend_block(const float* q, const half* k, const half* v, int positions, int head_dim,
                  float scale, Partial& block) {
  float weights[kKvBlock];
  block.maximum = -INFINITY;
  for (int j = 0; j < positions; ++j) {
    float dot = 0;
    for (int d = 0; d < head_dim; ++d) dot += q[d] * half_to_float(k[j * head_dim + d]);
    weights[j] = dot * scale;
    block.maximum = std::max(block.maximum, weights[j]);
  }
  block.sum = 0;
  std::fill_n(block.out, head_dim, 0.0f);
  for (int j = 0; j < positions; ++j) {
    const float weight = std::exp(weights[j] - block.maximum);
    block.sum += weight;
    for (int d = 0; d < head_dim; ++d) block.out[d] += weight * half_to_float(v[j * head_dim + d]);
  }
}

void combine(const Partial& block, int head_dim, Partial& total) {
  const float maximum = std::max(total.maximum, block.maximum);
  const float keep = std::exp(total.maximum - maximum);
  const float take = std::exp(block.maximum - maximum);
  total.maximum = maximum;
  total.sum = total.sum * keep + block.sum * take;
  for (int d = 0; d < head_dim; ++d) total.out[d] = total.out[d] * keep + block.out[d] * take;
}

}  // namespace

void attention(const AttentionArgs& args) {
  for (int token = 0; token < args.n_tokens; ++token) {
    const int length = args.first_position + token + 1;
    for (int head = 0; head < args.group; ++head) {
      const std::ptrdiff_t offset = head * args.head_dim;
      const float* q = args.q + static_cast<std::ptrdiff_t>(token) * args.q_stride + offset;
      float* out = args.out + static_cast<std::ptrdiff_t>(token) * args.out_stride + offset;
      Partial total;
      for (int b = 0; b * kKvBlock < length; ++b) {
        Partial block;
        attend_block(q, args.k_blocks[b], args.v_blocks[b],
                     std::min(kKvBlock, length - b * kKvBlock), args.head_dim, args.scale,
                     b == 0 ? total : block);
        if (b > 0) combine(block, args.head_dim, total);
      }
      for (int d = 0; d < args.head_dim; ++d) out[d] = total.out[d] / total.sum;
    }
  }
}

}  // namespace cromwell::kernels::scalar
