#include "model/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cromwell::model {
namespace {

// The published values (YaRN, Peng et al. 2023), which files leave out.
constexpr double kYarnBetaFast = 32;
constexpr double kYarnBetaSlow = 1;

// The factor of a scaling that interpolates positions. `rope.scale_linear` is its older name.
base::Result<double> scaling_factor(const MetadataReader& in, bool required) {
  const std::string name = in.key("rope.scaling.factor");
  const std::string old_name = in.key("rope.scale_linear");
  if (!in.file().has(name) && in.file().has(old_name)) return in.positive(old_name);
  return in.positive(name, required ? std::optional<double>() : 1.0);
}

base::Result<YarnScaling> read_yarn(const MetadataReader& in, const ModelConfig& config) {
  YarnScaling yarn;
  CROMWELL_ASSIGN(const int original,
                  in.number(in.key("rope.scaling.original_context_length"), 1,
                            ModelLimits::kMaxContext, static_cast<std::uint64_t>(config.context)));
  yarn.original_context = original;
  CROMWELL_ASSIGN(yarn.beta_fast,
                  in.positive(in.key("rope.scaling.yarn_beta_fast"), kYarnBetaFast));
  CROMWELL_ASSIGN(yarn.beta_slow,
                  in.positive(in.key("rope.scaling.yarn_beta_slow"), kYarnBetaSlow));
  return yarn;
}

base::Result<> read_scaling(const MetadataReader& in, ModelConfig& config) {
  const std::string type_key = in.key("rope.scaling.type");
  // A file without a type, but with a factor, means linear scaling.
  const bool typed = in.file().has(type_key);
  CROMWELL_ASSIGN(const std::string type, in.file().text(type_key, "linear"));
  if (type != "none" && type != "linear" && type != "yarn") {
    return in.error(type_key, quoted(type) +
                                  " is not supported, expected none, linear or yarn (or factors "
                                  "in the tensor rope_freqs.weight)");
  }
  CROMWELL_ASSIGN(config.rope_attention_factor,
                  in.positive(in.key("rope.scaling.attn_factor"), 1.0));
  if (type == "none") return {};
  CROMWELL_ASSIGN(const double factor, scaling_factor(in, typed));
  config.rope_scale = 1 / factor;
  if (type == "yarn") {
    CROMWELL_ASSIGN(config.yarn, read_yarn(in, config));
    config.rope_attention_factor *= 1 + 0.1 * std::log(std::max(factor, 1.0));
  }
  return {};
}

// The pair, not rounded, that turns so often within the original context.
double pair_of_turns(const ModelConfig& config, double turns) {
  const double per_turn = 2 * std::numbers::pi * turns;
  return config.rope_dim * std::log(config.yarn->original_context / per_turn) /
         (2 * std::log(config.rope_base));
}

// How much of a pair's own frequency YaRN keeps: fast pairs all, slow ones nothing, between them a
// ramp.
double kept_share(const ModelConfig& config, double pair) {
  const double low = std::max(0.0, std::floor(pair_of_turns(config, config.yarn->beta_fast)));
  const double high =
      std::min(config.rope_dim - 1.0, std::ceil(pair_of_turns(config, config.yarn->beta_slow)));
  return 1 - std::clamp((pair - low) / std::max(0.001, high - low), 0.0, 1.0);
}

}  // namespace

base::Result<> read_rope(const MetadataReader& in, ModelConfig& config) {
  CROMWELL_ASSIGN(config.rope_base, in.file().real(in.key("rope.freq_base"), 10000.0));
  if (!std::isfinite(config.rope_base) || config.rope_base < 1) {
    return in.error(in.key("rope.freq_base"),
                    "is " + std::to_string(config.rope_base) + ", expected 1 or more");
  }
  CROMWELL_ASSIGN(config.rope_dim, in.number(in.key("rope.dimension_count"), 2, config.head_dim,
                                             static_cast<std::uint64_t>(config.head_dim)));
  if (config.rope_dim % 2 != 0) {
    return in.error(in.key("rope.dimension_count"),
                    "is " + std::to_string(config.rope_dim) + ", expected an even number");
  }
  return read_scaling(in, config);
}

// theta_i = base^(-2i / rope_dim) / factor_i (RoFormer, Su et al. 2021), then scaled.
std::vector<double> rope_frequencies(const ModelConfig& config, const float* factors) {
  std::vector<double> frequencies(static_cast<std::size_t>(config.rope_dim / 2));
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const auto pair = static_cast<double>(i);
    double own = std::pow(config.rope_base, -2 * pair / config.rope_dim);
    if (factors != nullptr) own /= static_cast<double>(factors[i]);
    const double kept = config.yarn ? kept_share(config, pair) : 0;
    frequencies[i] = own * (config.rope_scale * (1 - kept) + kept);
  }
  return frequencies;
}

}  // namespace cromwell::model
