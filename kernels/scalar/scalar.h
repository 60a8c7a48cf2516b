// The scalar table's functions: plain C++ that any processor runs, and the reference for all
// others. What each computes is in ops.h.
#pragma once

#include "kernels/ops.h"

namespace cromwell::kernels::scalar {

void matmul_f32_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_f16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_bf16_f32(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                     int row_end, float* y, int y_stride);
void matmul_q8_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q4_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q4_1_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q5_0_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q5_1_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_iq4_nl_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                      int row_end, float* y, int y_stride);
void matmul_q2_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q3_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q4_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q5_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);
void matmul_q6_k_q8(const WeightMatrix& w, const Activations& x, int tokens, int row_begin,
                    int row_end, float* y, int y_stride);

void quantize_activations(const float* x, int token_begin, int token_end, float outlier_above,
                          const ActivationPanel& out);
void dequantize_row(const WeightMatrix& w, int row, float* out);

void rms_norm(const float* x, const float* gamma, int n, float eps, float* out);
void rope(float* x, int n_heads, int head_dim, int rope_dim, const float* cos, const float* sin,
          RopeLayout layout);
void swiglu_silu(const float* gate, const float* up, int n, float* out);
void swiglu_sigmoid(const float* gate, const float* up, int n, float* out);
void add(const float* x, int n, float* y);
LogitSum sum_logits(const float* x, int n);
void store_kv(KvType type, const float* k, const float* v, int head_dim, int slot,
              std::byte* k_block, std::byte* v_block);
void attention(const AttentionArgs& args);
void combine_segments(const AttentionArgs& args);

extern const Kernels kTable;

}  // namespace cromwell::kernels::scalar
