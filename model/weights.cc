#include "model/weights.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace cromwell::model {
namespace {

// Tensors outside the layers that other models add to the embedding or take for the rotation.
constexpr std::string_view kForeign[] = {"position_embd.", "token_types.", "token_embd_norm.",
                                         "rope_factors_long.", "rope_factors_short."};

bool changes_result(std::string_view name) {
  return name.starts_with("blk.") || name.ends_with(".bias") ||
         std::any_of(std::begin(kForeign), std::end(kForeign),
                     [name](std::string_view foreign) { return name.starts_with(foreign); });
}

class WeightsReader {
 public:
  WeightsReader(const GgufFile& file, const ModelConfig& config) : file_(file), c_(config) {}

  base::Result<Weights> read() {
    CROMWELL_TRY(matrix("token_embd.weight", c_.vocab, c_.hidden, weights_.token_embedding));
    CROMWELL_TRY(vector("output_norm.weight", c_.hidden, weights_.output_norm));
    weights_.tied = file_.find_tensor("output.weight") == nullptr;
    weights_.output = weights_.token_embedding;
    if (!weights_.tied) {
      CROMWELL_TRY(matrix("output.weight", c_.vocab, c_.hidden, weights_.output));
    }
    for (int i = 0; i < c_.layers; ++i) CROMWELL_TRY(layer("blk." + std::to_string(i) + "."));
    CROMWELL_TRY(rope_factors());
    CROMWELL_TRY(judge_unread());
    return std::move(weights_);
  }

 private:
  base::Result<> layer(const std::string& prefix) {
    LayerWeights w;
    CROMWELL_TRY(vector(prefix + "attn_norm.weight", c_.hidden, w.attn_norm));
    CROMWELL_TRY(matrix(prefix + "attn_q.weight", c_.q_dim(), c_.hidden, w.q));
    CROMWELL_TRY(matrix(prefix + "attn_k.weight", c_.kv_dim(), c_.hidden, w.k));
    CROMWELL_TRY(matrix(prefix + "attn_v.weight", c_.kv_dim(), c_.hidden, w.v));
    CROMWELL_TRY(optional_vector(prefix + "attn_q.bias", c_.q_dim(), w.q_bias));
    CROMWELL_TRY(optional_vector(prefix + "attn_k.bias", c_.kv_dim(), w.k_bias));
    CROMWELL_TRY(optional_vector(prefix + "attn_v.bias", c_.kv_dim(), w.v_bias));
    if (c_.qk_norms) {
      CROMWELL_TRY(vector(prefix + "attn_q_norm.weight", c_.head_dim, w.q_norm));
      CROMWELL_TRY(vector(prefix + "attn_k_norm.weight", c_.head_dim, w.k_norm));
    }
    CROMWELL_TRY(matrix(prefix + "attn_output.weight", c_.hidden, c_.q_dim(), w.attn_output));
    CROMWELL_TRY(optional_vector(prefix + "attn_output.bias", c_.hidden, w.output_bias));
    CROMWELL_TRY(vector(prefix + "ffn_norm.weight", c_.hidden, w.ffn_norm));
    CROMWELL_TRY(matrix(prefix + "ffn_gate.weight", c_.ffn, c_.hidden, w.gate));
    CROMWELL_TRY(matrix(prefix + "ffn_up.weight", c_.ffn, c_.hidden, w.up));
    CROMWELL_TRY(matrix(prefix + "ffn_down.weight", c_.hidden, c_.ffn, w.down));
    weights_.layers.push_back(w);
    return {};
  }

  // The factors of llama3's RoPE scaling, one for each rotated pair.
  base::Result<> rope_factors() {
    constexpr const char* kName = "rope_freqs.weight";
    if (file_.find_tensor(kName) == nullptr) return {};
    CROMWELL_TRY(vector(kName, c_.rope_dim / 2, weights_.rope_factors));
    for (int i = 0; i < c_.rope_dim / 2; ++i) {
      if (!std::isfinite(weights_.rope_factors[i]) || weights_.rope_factors[i] <= 0) {
        return error(kName, "factor " + std::to_string(i) + " is " +
                                std::to_string(weights_.rope_factors[i]) +
                                ", expected more than 0");
      }
    }
    return {};
  }

  base::Result<> judge_unread() {
    for (const GgufTensor& tensor : file_.tensors()) {
      if (read_.contains(tensor.name)) continue;
      const bool harmless =
          tensor.name.ends_with("attn_rot_embd.weight") || tensor.name.ends_with("attn_rot_embd");
      if (!harmless && changes_result(tensor.name)) {
        return error(tensor.name, "is not part of a " + c_.architecture + " model of " +
                                      std::to_string(c_.layers) + " layers as we compute it");
      }
      weights_.ignored.push_back(printable(tensor.name));
    }
    return {};
  }

  base::Result<> matrix(const std::string& name, int rows, int cols, kernels::WeightMatrix& out) {
    CROMWELL_ASSIGN(out, file_.matrix(name, rows, cols));
    read_.insert(name);
    return {};
  }

  base::Result<> vector(const std::string& name, int n, const float*& out) {
    CROMWELL_ASSIGN(out, file_.vector(name, n));
    read_.insert(name);
    return {};
  }

  base::Result<> optional_vector(const std::string& name, int n, const float*& out) {
    return file_.find_tensor(name) == nullptr ? base::Result<>{} : vector(name, n, out);
  }

  base::Error error(const std::string& name, const std::string& what) const {
    const std::string shown = printable(name);
    return {base::ErrorCode::kBadModel, file_.path() + ": tensor " + shown + ": " + what, shown};
  }

  const GgufFile& file_;
  const ModelConfig& c_;
  Weights weights_;
  std::set<std::string> read_;
};

}  // namespace

base::Result<Weights> read_weights(const GgufFile& file, const ModelConfig& config) {
  return WeightsReader(file, config).read();
}

}  // namespace cromwell::model
