// Quantised weights times int8 activations. See ops.h for the canonical order.
#include <cmath>

#include "kernels/scalar/scalar.h"
#include "kernels/scalar/unpack.h"

namespace cromwell::kernels::scalar {
namespace {

// acc and the product of one block of a row with an entry, in the entry's units.
template <class Unpack>
float add_product(const Unpacked& w, const ActivationBlock& x, float acc) {
  std::int32_t sums[2] = {};
  for (int i = 0; i < 16; ++i) sums[0] += w.q[i] * x.q[i];
  for (int i = 16; i < 32; ++i) sums[1] += w.q[i] * x.q[i];
  const std::int32_t sum = w.sub_scale[0] * sums[0] + w.sub_scale[1] * sums[1];
  acc = std::fma(w.scale, static_cast<float>(sum), acc);
  return Unpack::kMinima == Minima::kOfBlock ? std::fma(w.minimum, x.sum, acc) : acc;
}

std::int32_t whole_minima(const Unpacked& w, const ActivationBlock& x) {
  return w.sub_minimum[0] * x.sum16[0] + w.sub_minimum[1] * x.sum16[1];
}

// acc and what minima that are whole numbers add.
template <class Unpack>
float add_minima(const Unpacked& w, std::int32_t minima, float acc) {
  if (Unpack::kMinima != Minima::kWhole) return acc;
  return std::fma(w.minimum, static_cast<float>(minima), acc);
}

// A row's sums for one token: of the group in work, and of those before it.
struct Sum {
  float group = 0;
  std::int32_t minima = 0;
  float total = 0;
};

// The last block of a group brings the group into the total.
template <class Unpack>
void add_block(const Unpacked& w, const ActivationBlock& x, const ActivationBlock* outlier,
               bool last, Sum& sum) {
  if (outlier != nullptr) {
    const float own =
        add_minima<Unpack>(w, whole_minima(w, *outlier), add_product<Unpack>(w, *outlier, 0));
    sum.total = std::fma(outlier->scale, own, sum.total);
  }
  sum.group = add_product<Unpack>(w, x, sum.group);
  sum.minima += whole_minima(w, x);
  if (!last) return;
  const float group = add_minima<Unpack>(w, sum.minima, sum.group);
  sum = {.total = std::fma(x.scale, group, sum.total)};
}

// One row and the tokens of a chunk, y: [tokens, stride].
template <class Unpack>
void multiply_row(const std::byte* row, const ActivationPanel& x, int chunk, float* y,
                  std::ptrdiff_t y_stride) {
  Sum sums[kPanelTokens];
  for (int b = 0; b < x.row_blocks(); ++b) {
    Unpacked w;
    Unpack::block(row, b, w);
    const std::ptrdiff_t begin = x.begin(chunk, b);
    const std::uint64_t marks = x.mark(chunk, b);
    const bool last = b % kGroupBlocks == kGroupBlocks - 1 || b + 1 == x.row_blocks();
    for (int t = 0; t < x.chunk_tokens(chunk); ++t) {
      const ActivationBlock* outlier = marks >> t & 1 ? x.outliers + begin + t : nullptr;
      add_block<Unpack>(w, x.blocks[begin + t], outlier, last, sums[t]);
    }
  }
  for (int t = 0; t < x.chunk_tokens(chunk); ++t) y[t * y_stride] = sums[t].total;
}

template <class Unpack>
void matmul(const WeightMatrix& w, const ActivationPanel& x, int row_begin, int row_end, float* y,
            std::ptrdiff_t y_stride) {
  for (int row = row_begin; row < row_end; ++row) {
    const std::byte* data = w.data + static_cast<std::size_t>(row) * w.row_bytes;
    for (int chunk = 0; chunk < x.chunks(); ++chunk) {
      multiply_row<Unpack>(data, x, chunk, y + chunk * kPanelTokens * y_stride + row, y_stride);
    }
  }
}

}  // namespace

void matmul_q8_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ8_0>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q4_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ4_0>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q4_1_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ4_1>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q5_0_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ5_0>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q5_1_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ5_1>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_iq4_nl_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                      float* y, int y_stride) {
  matmul<UnpackIQ4_NL>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q2_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ2_K>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q3_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ3_K>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ4_K>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q5_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ5_K>(w, x.q8, row_begin, row_end, y, y_stride);
}

void matmul_q6_k_q8(const WeightMatrix& w, const Activations& x, int, int row_begin, int row_end,
                    float* y, int y_stride) {
  matmul<UnpackQ6_K>(w, x.q8, row_begin, row_end, y, y_stride);
}

}  // namespace cromwell::kernels::scalar
