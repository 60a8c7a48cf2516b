// Quantised weights times int8 activations. See ops.h for the canonical order.
#include <cmath>

#include "kernels/scalar/scalar.h"
#include "kernels/scalar/unpack.h"

namespace cromwell::kernels::scalar {
namespace {

template <class Unpack>
float add_block(const Unpacked& w, const ActivationBlock& x, float acc) {
  std::int32_t sums[2] = {};
  for (int i = 0; i < 16; ++i) sums[0] += w.q[i] * x.q[i];
  for (int i = 16; i < 32; ++i) sums[1] += w.q[i] * x.q[i];
  const std::int32_t sum = w.sub_scale[0] * sums[0] + w.sub_scale[1] * sums[1];
  acc = std::fma(w.scale, x.scale * static_cast<float>(sum), acc);
  if constexpr (Unpack::kHasMinimum) {
    const std::int32_t activation_sum =
        w.sub_minimum[0] * x.sum16[0] + w.sub_minimum[1] * x.sum16[1];
    acc = std::fma(w.minimum, x.scale * static_cast<float>(activation_sum), acc);
  }
  return acc;
}

// Adds the product of one block of one row to the outputs of a chunk's tokens, y: [tokens, stride].
template <class Unpack>
void add_chunk(const Unpacked& w, const ActivationPanel& x, int chunk, int block, float* y,
               std::ptrdiff_t y_stride) {
  const std::ptrdiff_t begin = x.begin(chunk, block);
  const std::uint64_t marks = x.mark(chunk, block);
  for (int t = 0; t < x.chunk_tokens(chunk); ++t) {
    float& acc = y[t * y_stride];
    acc = add_block<Unpack>(w, x.blocks[begin + t], acc);
    if (marks >> t & 1) acc = add_block<Unpack>(w, x.remainders[begin + t], acc);
  }
}

template <class Unpack>
void matmul(const WeightMatrix& w, const ActivationPanel& x, int tokens, int row_begin, int row_end,
            float* y, std::ptrdiff_t y_stride) {
  for (int row = row_begin; row < row_end; ++row) {
    const std::byte* data = w.data + static_cast<std::size_t>(row) * w.row_bytes;
    for (int t = 0; t < tokens; ++t) y[t * y_stride + row] = 0;
    for (int block = 0; block < x.row_blocks(); ++block) {
      Unpacked unpacked;
      Unpack::block(data, block, unpacked);
      for (int chunk = 0; chunk < x.chunks(); ++chunk) {
        add_chunk<Unpack>(unpacked, x, chunk, block, y + chunk * kPanelTokens * y_stride + row,
                          y_stride);
      }
    }
  }
}

}  // namespace

void matmul_q8_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ8_0>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q4_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ4_0>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q4_1_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ4_1>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q5_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ5_0>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q5_1_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ5_1>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_iq4_nl_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                      int row_end, float* y, int y_stride) {
  matmul<UnpackIQ4_NL>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q2_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ2_K>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q3_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ3_K>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ4_K>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q5_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ5_K>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

void matmul_q6_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride) {
  matmul<UnpackQ6_K>(w, x.q8, tokens, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::scalar
