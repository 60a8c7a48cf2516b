#include "model/config.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "model/metadata_reader.h"
#include "model/rope.h"

namespace cromwell::model {
namespace {

constexpr int kHiddenMultiple = kernels::kActivationBlock;

// What tells one architecture from another, beside its tensors.
struct Architecture {
  const char* name;
  kernels::RopeLayout rope_layout;
  bool qk_norms;
};
constexpr Architecture kArchitectures[] = {
    {"llama", kernels::RopeLayout::kInterleaved, false},
    {"qwen2", kernels::RopeLayout::kHalves, false},
    {"qwen3", kernels::RopeLayout::kHalves, true},
};

// Keys that other models of the same names change the computation with, and the values that mean
// that this one does not.
struct Neutral {
  const char* suffix;
  double value;
  double other_value;
};
constexpr Neutral kNeutral[] = {
    {"logit_scale", 0, 1},
    {"residual_scale", 0, 1},
    {"embedding_scale", 0, 1},
    {"attn_logit_softcapping", 0, 0},
    {"final_logit_softcapping", 0, 0},
    {"use_parallel_residual", 0, 0},
    {"swin_norm", 0, 0},
    {"rescale_every_n_layers", 0, 0},
    {"nextn_predict_layers", 0, 0},
    {"full_attention_interval", 0, 1},
    {"attention.causal", 1, 1},
    {"attention.clamp_kqv", 0, 0},
    {"attention.max_alibi_bias", 0, 0},
    {"attention.output_scale", 0, 1},
    {"attention.temperature_scale", 0, 0},
    {"attention.temperature_length", 0, 0},
    {"attention.shared_kv_layers", 0, 0},
    {"attention.q_lora_rank", 0, 0},
    {"attention.kv_lora_rank", 0, 0},
    {"rope.scaling.alpha", 0, 0},
    {"rope.scaling.yarn_log_multiplier", 0, 0},
    {"rope.scaling.yarn_ext_factor", 1, 1},
    {"rope.scaling.yarn_attn_factor", 1, 1},
};

// Keys whose presence alone means another computation.
constexpr const char* kForeign[] = {"rope.dimension_sections", "rope.freq_base_swa",
                                    "rope.dimension_count_swa", "attention.key_length_swa",
                                    "attention.value_length_swa"};

std::string plain(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

class ConfigReader {
 public:
  ConfigReader(const GgufFile& file, const Architecture& architecture)
      : file_(file), in_(file, architecture.name) {
    config_.architecture = architecture.name;
    config_.rope_layout = architecture.rope_layout;
    config_.qk_norms = architecture.qk_norms;
  }

  base::Result<ModelConfig> read() {
    CROMWELL_ASSIGN(config_.name, file_.text("general.name", ""));
    CROMWELL_TRY(sizes());
    CROMWELL_TRY(heads());
    CROMWELL_TRY(head_length());
    CROMWELL_TRY(read_rope(in_, config_));
    CROMWELL_TRY(windows());
    CROMWELL_TRY(variants());
    CROMWELL_TRY(nothing_else());
    return config_;
  }

 private:
  base::Result<> sizes() {
    CROMWELL_ASSIGN(config_.layers, in_.number(in_.key("block_count"), 1, ModelLimits::kMaxLayers));
    CROMWELL_ASSIGN(config_.hidden, in_.multiple(in_.key("embedding_length"), kHiddenMultiple,
                                                 ModelLimits::kMaxHidden));
    CROMWELL_ASSIGN(config_.ffn, in_.multiple(in_.key("feed_forward_length"), kHiddenMultiple,
                                              ModelLimits::kMaxFfn));
    CROMWELL_ASSIGN(config_.context,
                    in_.number(in_.key("context_length"), 1, ModelLimits::kMaxContext));
    const GgufTensor* embedding = file_.find_tensor("token_embd.weight");
    std::optional<std::uint64_t> rows;
    if (embedding != nullptr) rows = embedding->shape[1];
    CROMWELL_ASSIGN(config_.vocab,
                    in_.number(in_.key("vocab_size"), 1, ModelLimits::kMaxVocab, rows));
    return {};
  }

  base::Result<> heads() {
    CROMWELL_ASSIGN(config_.heads,
                    in_.number(in_.key("attention.head_count"), 1, ModelLimits::kMaxHeads));
    CROMWELL_ASSIGN(config_.kv_heads,
                    in_.number(in_.key("attention.head_count_kv"), 1, config_.heads,
                               static_cast<std::uint64_t>(config_.heads)));
    if (config_.heads % config_.kv_heads != 0) {
      return in_.error(in_.key("attention.head_count_kv"),
                       "is " + std::to_string(config_.kv_heads) + ", expected a divisor of the " +
                           std::to_string(config_.heads) + " query heads");
    }
    return {};
  }

  base::Result<> head_length() {
    const std::string length = in_.key("attention.key_length");
    const std::string count = in_.key("attention.head_count");
    if (!file_.has(length) && config_.hidden % config_.heads != 0) {
      return in_.error(count, "is " + std::to_string(config_.heads) + ", expected a divisor of " +
                                  std::to_string(config_.hidden) + " where " + length +
                                  " is missing");
    }
    const auto usual = static_cast<std::uint64_t>(config_.hidden / config_.heads);
    CROMWELL_ASSIGN(config_.head_dim, in_.number(length, ModelLimits::kHeadDimMultiple,
                                                 ModelLimits::kMaxHeadDim, usual));
    if (config_.head_dim % ModelLimits::kHeadDimMultiple != 0) {
      return in_.error(length, "is " + std::to_string(config_.head_dim) +
                                   ", expected a multiple of " +
                                   std::to_string(ModelLimits::kHeadDimMultiple));
    }
    if (config_.q_dim() % kHiddenMultiple != 0) {
      return in_.error(count, "gives " + std::to_string(config_.q_dim()) +
                                  " query elements, expected a multiple of " +
                                  std::to_string(kHiddenMultiple));
    }
    const std::string values = in_.key("attention.value_length");
    if (in_.number(values, config_.head_dim, config_.head_dim,
                   static_cast<std::uint64_t>(config_.head_dim))
            .has_error()) {
      return in_.error(values,
                       "differs from the key length of " + std::to_string(config_.head_dim));
    }
    return {};
  }

  // The pattern is a number n, every n-th layer seeing all, or a bool for each layer.
  base::Result<> windows() {
    const std::string pattern = in_.key("attention.sliding_window_pattern");
    CROMWELL_ASSIGN(const int window, in_.number(in_.key("attention.sliding_window"), 0,
                                                 ModelLimits::kMaxContext, 0));
    config_.layer_window.assign(static_cast<std::size_t>(config_.layers), window);
    if (window == 0 || !file_.has(pattern)) return {};
    if (const auto period = file_.integer(pattern)) {
      for (std::size_t i = 0; i < config_.layer_window.size(); ++i) {
        if (*period > 0 && i % *period == *period - 1) config_.layer_window[i] = 0;
      }
      return {};
    }
    CROMWELL_ASSIGN(const std::vector<bool> slides, file_.booleans(pattern));
    if (slides.size() != config_.layer_window.size()) {
      return in_.error(pattern, "has " + std::to_string(slides.size()) +
                                    " elements, expected one for each of the " +
                                    std::to_string(config_.layers) + " layers");
    }
    for (std::size_t i = 0; i < slides.size(); ++i) {
      if (!slides[i]) config_.layer_window[i] = 0;
    }
    return {};
  }

  base::Result<> variants() {
    const std::string eps_key = in_.key("attention.layer_norm_rms_epsilon");
    CROMWELL_ASSIGN(const double eps, file_.real(eps_key));
    config_.rms_eps = static_cast<float>(eps);
    if (!(config_.rms_eps > 0 && config_.rms_eps <= 1)) {
      return in_.error(eps_key,
                       "is " + std::to_string(eps) + ", expected more than 0 and at most 1");
    }
    CROMWELL_ASSIGN(
        config_.attention_scale,
        in_.positive(in_.key("attention.scale"), 1 / std::sqrt(double{1} * config_.head_dim)));
    CROMWELL_ASSIGN(const std::string gate, file_.text("cromwell.ffn_gate", "silu"));
    if (gate != "silu" && gate != "sigmoid") {
      return in_.error("cromwell.ffn_gate", "is " + quoted(gate) + ", expected silu or sigmoid");
    }
    config_.ffn_gate = gate == "silu" ? FfnGate::kSilu : FfnGate::kSigmoid;
    return {};
  }

  // What would make another model of this one is refused, not ignored.
  base::Result<> nothing_else() {
    CROMWELL_TRY(in_.number(in_.key("expert_count"), 0, 0, 0));
    for (const Neutral& neutral : kNeutral) {
      const std::string name = in_.key(neutral.suffix);
      if (!file_.has(name)) continue;
      CROMWELL_ASSIGN(const double value, in_.any_number(name));
      if (value == neutral.value || value == neutral.other_value) continue;
      return in_.error(name, "is " + plain(value) + ", which is not supported; expected " +
                                 plain(neutral.value));
    }
    for (const char* suffix : kForeign) {
      if (file_.has(in_.key(suffix))) return in_.error(in_.key(suffix), "is not supported");
    }
    return {};
  }

  const GgufFile& file_;
  const MetadataReader in_;
  ModelConfig config_;
};

}  // namespace

base::Result<ModelConfig> read_config(const GgufFile& file) {
  constexpr const char* kKey = "general.architecture";
  CROMWELL_ASSIGN(const std::string name, file.text(kKey));
  std::string known;
  for (const Architecture& architecture : kArchitectures) {
    if (name == architecture.name) return ConfigReader(file, architecture).read();
    known.append(known.empty() ? "" : ", ").append(architecture.name);
  }
  return MetadataReader(file, name)
      .error(kKey, quoted(name) + " is not supported, expected one of " + known);
}

}  // namespace cromwell::model
