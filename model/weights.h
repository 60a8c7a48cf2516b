// Weights: every tensor of the model as a view into the mapped file, each checked against the shape
// that the configuration demands. Immutable; valid as long as the GgufFile.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/weight_type.h"
#include "model/config.h"
#include "model/gguf.h"

namespace cromwell::model {

struct LayerWeights {
  const float* attn_norm = nullptr;    // [hidden]
  kernels::WeightMatrix q;             // [heads * head_dim, hidden]
  kernels::WeightMatrix k;             // [kv_heads * head_dim, hidden]
  kernels::WeightMatrix v;             // [kv_heads * head_dim, hidden]
  const float* q_bias = nullptr;       // [heads * head_dim]; this and those below may be absent
  const float* k_bias = nullptr;       // [kv_heads * head_dim]
  const float* v_bias = nullptr;       // [kv_heads * head_dim]
  const float* output_bias = nullptr;  // [hidden], of attn_output
  const float* q_norm = nullptr;       // [head_dim], where the architecture has it
  const float* k_norm = nullptr;       // [head_dim]
  kernels::WeightMatrix attn_output;   // [hidden, heads * head_dim]
  const float* ffn_norm = nullptr;     // [hidden]
  kernels::WeightMatrix gate;          // [ffn, hidden]
  kernels::WeightMatrix up;            // [ffn, hidden]
  kernels::WeightMatrix down;          // [hidden, ffn]
};

// In the order of a pass; to const ones where the layer is.
template <class Layer>
auto matrices_of(Layer& layer) {
  return std::array{&layer.q,    &layer.k,  &layer.v,   &layer.attn_output,
                    &layer.gate, &layer.up, &layer.down};
}

struct Weights {
  kernels::WeightMatrix token_embedding;  // [vocab, hidden]
  std::vector<LayerWeights> layers;       // [layers]
  const float* output_norm = nullptr;     // [hidden]
  kernels::WeightMatrix output;  // [vocab, hidden]: the head, or token_embedding if it is tied
  bool tied = false;
  const float* rope_factors = nullptr;  // [rope_dim / 2], divides each frequency; may be absent
  std::vector<std::string> ignored;     // tensors that nothing reads
};

// kBadModel with the tensor's name. A tensor that we do not know inside a layer, or any other bias,
// would change the result: refused. Others are listed in `ignored`.
base::Result<Weights> read_weights(const GgufFile& file, const ModelConfig& config);

}  // namespace cromwell::model
