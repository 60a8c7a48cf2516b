#include "model/config.h"

#include <cmath>

namespace cromwell::model {
namespace {

constexpr int kHiddenMultiple = kernels::kActivationBlock;

std::string quoted(std::string_view text) {
  std::string out = printable(text);
  out.insert(out.begin(), '"');
  out.push_back('"');
  return out;
}

class ConfigReader {
 public:
  explicit ConfigReader(const GgufFile& file) : file_(file) {}

  base::Result<ModelConfig> read() {
    CROMWELL_TRY(architecture());
    CROMWELL_TRY(sizes());
    CROMWELL_TRY(heads());
    CROMWELL_TRY(rope());
    CROMWELL_TRY(variants());
    return config_;
  }

 private:
  std::string key(std::string_view suffix) const {
    return config_.architecture + "." + std::string(suffix);
  }

  base::Error error(const std::string& key, const std::string& what) const {
    return {base::ErrorCode::kBadModel, file_.path() + ": key " + key + ": " + what, key};
  }

  base::Result<int> number(const std::string& name, int least, int most,
                           std::optional<std::uint64_t> absent = {}) const {
    CROMWELL_ASSIGN(const std::uint64_t value, file_.integer(name, absent));
    if (value < static_cast<std::uint64_t>(least) || value > static_cast<std::uint64_t>(most)) {
      return error(name, "is " + std::to_string(value) + ", expected " + std::to_string(least) +
                             " to " + std::to_string(most));
    }
    return static_cast<int>(value);
  }

  base::Result<int> multiple(const std::string& name, int of, int most) const {
    CROMWELL_ASSIGN(const int value, number(name, of, most));
    if (value % of != 0) {
      return error(
          name, "is " + std::to_string(value) + ", expected a multiple of " + std::to_string(of));
    }
    return value;
  }

  base::Result<> architecture() {
    CROMWELL_ASSIGN(config_.architecture, file_.text("general.architecture"));
    if (config_.architecture != "llama") {
      return error("general.architecture",
                   quoted(config_.architecture) + " is not supported, expected llama");
    }
    CROMWELL_ASSIGN(config_.name, file_.text("general.name", ""));
    return {};
  }

  base::Result<> sizes() {
    CROMWELL_ASSIGN(config_.layers, number(key("block_count"), 1, ModelLimits::kMaxLayers));
    CROMWELL_ASSIGN(config_.hidden,
                    multiple(key("embedding_length"), kHiddenMultiple, ModelLimits::kMaxHidden));
    CROMWELL_ASSIGN(config_.ffn,
                    multiple(key("feed_forward_length"), kHiddenMultiple, ModelLimits::kMaxFfn));
    CROMWELL_ASSIGN(config_.context, number(key("context_length"), 1, ModelLimits::kMaxContext));
    const GgufTensor* embedding = file_.find_tensor("token_embd.weight");
    std::optional<std::uint64_t> rows;
    if (embedding != nullptr) rows = embedding->shape[1];
    CROMWELL_ASSIGN(config_.vocab, number(key("vocab_size"), 1, ModelLimits::kMaxVocab, rows));
    return {};
  }

  base::Result<> heads() {
    CROMWELL_ASSIGN(config_.heads, number(key("attention.head_count"), 1, ModelLimits::kMaxHeads));
    CROMWELL_ASSIGN(config_.kv_heads, number(key("attention.head_count_kv"), 1, config_.heads,
                                             static_cast<std::uint64_t>(config_.heads)));
    if (config_.heads % config_.kv_heads != 0) {
      return error(key("attention.head_count_kv"),
                   "is " + std::to_string(config_.kv_heads) + ", expected a divisor of the " +
                       std::to_string(config_.heads) + " query heads");
    }
    const std::string length = key("attention.key_length");
    if (!file_.has(length) && config_.hidden % config_.heads != 0) {
      return error(key("attention.head_count"),
                   "is " + std::to_string(config_.heads) + ", expected a divisor of " +
                       std::to_string(config_.hidden) + " where " + length + " is missing");
    }
    const auto usual = static_cast<std::uint64_t>(config_.hidden / config_.heads);
    CROMWELL_ASSIGN(config_.head_dim,
                    number(length, ModelLimits::kHeadDimMultiple, ModelLimits::kMaxHeadDim, usual));
    if (config_.head_dim % ModelLimits::kHeadDimMultiple != 0) {
      return error(length, "is " + std::to_string(config_.head_dim) + ", expected a multiple of " +
                               std::to_string(ModelLimits::kHeadDimMultiple));
    }
    if (config_.q_dim() % kHiddenMultiple != 0) {
      return error(key("attention.head_count"),
                   "gives " + std::to_string(config_.q_dim()) + " query elements, expected a " +
                       "multiple of " + std::to_string(kHiddenMultiple));
    }
    return number(key("attention.value_length"), config_.head_dim, config_.head_dim,
                  static_cast<std::uint64_t>(config_.head_dim))
                   .has_error()
               ? error(key("attention.value_length"),
                       "differs from the key length of " + std::to_string(config_.head_dim))
               : base::Result<>{};
  }

  base::Result<> rope() {
    CROMWELL_ASSIGN(config_.rope_base, file_.real(key("rope.freq_base"), 10000.0));
    if (!std::isfinite(config_.rope_base) || config_.rope_base < 1) {
      return error(key("rope.freq_base"),
                   "is " + std::to_string(config_.rope_base) + ", expected 1 or more");
    }
    CROMWELL_ASSIGN(config_.rope_dim, number(key("rope.dimension_count"), 2, config_.head_dim,
                                             static_cast<std::uint64_t>(config_.head_dim)));
    if (config_.rope_dim % 2 != 0) {
      return error(key("rope.dimension_count"),
                   "is " + std::to_string(config_.rope_dim) + ", expected an even number");
    }
    const std::string type_key = key("rope.scaling.type");
    CROMWELL_ASSIGN(const std::string type, file_.text(type_key, "none"));
    if (type != "none" && type != "linear") {
      return error(type_key, quoted(type) +
                                 " is not supported, expected none or linear (or factors in the "
                                 "tensor rope_freqs.weight)");
    }
    if (type == "linear") {
      const std::string factor_key = key("rope.scaling.factor");
      CROMWELL_ASSIGN(const double factor, file_.real(factor_key));
      if (!std::isfinite(factor) || factor <= 0) {
        return error(factor_key, "is " + std::to_string(factor) + ", expected more than 0");
      }
      config_.rope_scale = 1 / factor;
    }
    return {};
  }

  base::Result<> variants() {
    CROMWELL_ASSIGN(const double eps, file_.real(key("attention.layer_norm_rms_epsilon")));
    config_.rms_eps = static_cast<float>(eps);
    if (!(config_.rms_eps > 0 && config_.rms_eps <= 1)) {
      return error(key("attention.layer_norm_rms_epsilon"),
                   "is " + std::to_string(eps) + ", expected more than 0 and at most 1");
    }
    CROMWELL_TRY(number(key("expert_count"), 0, 0, 0));
    CROMWELL_ASSIGN(const std::string gate, file_.text("cromwell.ffn_gate", "silu"));
    if (gate != "silu" && gate != "sigmoid") {
      return error("cromwell.ffn_gate", "is " + quoted(gate) + ", expected silu or sigmoid");
    }
    config_.ffn_gate = gate == "silu" ? FfnGate::kSilu : FfnGate::kSigmoid;
    return {};
  }

  const GgufFile& file_;
  ModelConfig config_;
};

}  // namespace

base::Result<ModelConfig> read_config(const GgufFile& file) { return ConfigReader(file).read(); }

}  // namespace cromwell::model
