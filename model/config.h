// ModelConfig: the numbers that define a decoder-only transformer, read from GGUF metadata and
// checked against named limits. Not here: tensors (model/weights).
// Plain data, immutable after reading.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/kernels.h"
#include "model/gguf.h"

namespace cromwell::model {

struct ModelLimits {
  static constexpr int kMaxLayers = 1024;
  static constexpr int kMaxHidden = 1 << 16;
  static constexpr int kMaxFfn = 1 << 20;
  static constexpr int kMaxHeads = 1024;
  static constexpr int kMaxHeadDim = 256;
  static constexpr int kHeadDimMultiple = 16;
  static constexpr int kMaxContext = 1 << 22;
  static constexpr int kMaxVocab = 1 << 21;
};

enum class FfnGate { kSilu, kSigmoid };

// YaRN (Peng et al. 2023): pairs that turn more than beta_fast times in the original context keep
// their frequency, those below beta_slow are scaled.
struct YarnScaling {
  double original_context = 0;
  double beta_fast = 0;
  double beta_slow = 0;
};

struct ModelConfig {
  std::string architecture;  // "llama", "qwen2" or "qwen3"
  std::string name;          // general.name, may be empty
  int layers = 0;
  int hidden = 0;    // the residual stream, a multiple of 32
  int ffn = 0;       // a multiple of 32
  int heads = 0;     // query heads
  int kv_heads = 0;  // divides heads
  int head_dim = 0;
  int vocab = 0;
  int context = 0;
  float rms_eps = 0;
  double rope_base = 0;
  double rope_scale = 1;  // positions are multiplied by it: 1 / factor of linear scaling
  std::optional<YarnScaling> yarn;
  double rope_attention_factor = 1;  // of rotated queries and of rotated keys
  int rope_dim = 0;                  // rotated elements of each head, even
  kernels::RopeLayout rope_layout = kernels::RopeLayout::kInterleaved;
  FfnGate ffn_gate = FfnGate::kSilu;
  bool qk_norms = false;       // each head of q and k is normalised before its rotation
  double attention_scale = 0;  // of q k, usually 1 / sqrt(head_dim)
  // [layers]: positions that a token sees, itself included; 0: all. Empty: all in every layer.
  std::vector<int> layer_window;

  int q_dim() const { return heads * head_dim; }
  int kv_dim() const { return kv_heads * head_dim; }
  int window(int layer) const {
    return layer_window.empty() ? 0 : layer_window[static_cast<std::size_t>(layer)];
  }
};

// kBadModel with the key's name for a missing or impossible number and for what is not supported.
base::Result<ModelConfig> read_config(const GgufFile& file);

}  // namespace cromwell::model
