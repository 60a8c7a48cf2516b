#include "model/random_model.h"

#include <cmath>
#include <memory>
#include <vector>

#include "model/config.h"
#include "model/storage_rule.h"

namespace cromwell::model {
namespace {

constexpr float kDeviation = 0.02F;  // of the weights, as GPT-2 was initialised
constexpr float kRmsEps = 1e-6F;
constexpr float kRopeBase = 10000;

// SplitMix64's output function: neighbouring inputs give unrelated outputs.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;

// Weight i of a tensor is a function of (key, i) alone, in integers up to the last step: the sum of
// four 16-bit numbers, which is close to a normal distribution cut at 3.5 deviations.
void draw(std::uint64_t key, std::uint64_t first, int n, float deviation, float* out) {
  constexpr int kMean = 2 * 65535;
  constexpr float kSumDeviation = 37837.2F;  // sqrt(4 (2^32 - 1) / 12)
  const float scale = deviation / kSumDeviation;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t bits = mix(key + (first + static_cast<std::uint64_t>(i) + 1) * kGolden);
    const int sum = static_cast<int>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                     (bits >> 32 & 0xffff) + (bits >> 48));
    out[i] = static_cast<float>(sum - kMean) * scale;
  }
}

struct TensorPlan {
  std::string name;
  std::vector<std::uint64_t> shape;  // [cols, rows] or [n]: a norm, all ones
  float deviation = 0;
};

std::vector<TensorPlan> tensors_of(const ModelShape& s) {
  std::vector<TensorPlan> plans;
  const auto matrix = [&](const std::string& name, int rows, int cols, float deviation) {
    plans.push_back(
        {name, {static_cast<std::uint64_t>(cols), static_cast<std::uint64_t>(rows)}, deviation});
  };
  const auto norm = [&](const std::string& name) {
    plans.push_back({name, {static_cast<std::uint64_t>(s.hidden)}, 0});
  };
  // What adds to the residual stream is scaled so that the stream does not grow with the layers.
  const float residual = kDeviation / std::sqrt(2 * static_cast<float>(s.layers));
  const int kv_dim = s.kv_heads * s.head_dim();
  matrix("token_embd.weight", s.vocab, s.hidden, kDeviation);
  norm("output_norm.weight");
  if (!s.tied) matrix("output.weight", s.vocab, s.hidden, kDeviation);
  for (int i = 0; i < s.layers; ++i) {
    const std::string blk = "blk." + std::to_string(i) + ".";
    norm(blk + "attn_norm.weight");
    matrix(blk + "attn_q.weight", s.hidden, s.hidden, kDeviation);
    matrix(blk + "attn_k.weight", kv_dim, s.hidden, kDeviation);
    matrix(blk + "attn_v.weight", kv_dim, s.hidden, kDeviation);
    matrix(blk + "attn_output.weight", s.hidden, s.hidden, residual);
    norm(blk + "ffn_norm.weight");
    matrix(blk + "ffn_gate.weight", s.ffn, s.hidden, kDeviation);
    matrix(blk + "ffn_up.weight", s.ffn, s.hidden, kDeviation);
    matrix(blk + "ffn_down.weight", s.hidden, s.ffn, residual);
  }
  return plans;
}

void add_configuration(const RandomModelOptions& options, GgufWriter& writer) {
  const ModelShape& s = options.shape;
  const auto number = [&](const char* key, int value) {
    writer.add_uint32(key, static_cast<std::uint32_t>(value));
  };
  writer.add_text("general.architecture", "llama");
  writer.add_text("general.name", options.name);
  writer.add_text("general.description",
                  "Random weights, for measuring speed and memory: its text means nothing.");
  writer.add_bool("cromwell.random", true);
  writer.add_text("cromwell.random.seed", std::to_string(options.seed));
  writer.add_uint32("general.file_type", file_type_number(options.type));
  writer.add_uint32("general.quantization_version", 2);
  number("llama.block_count", s.layers);
  number("llama.context_length", s.context);
  number("llama.embedding_length", s.hidden);
  number("llama.feed_forward_length", s.ffn);
  number("llama.attention.head_count", s.heads);
  number("llama.attention.head_count_kv", s.kv_heads);
  number("llama.rope.dimension_count", s.head_dim());
  number("llama.vocab_size", s.vocab);
  writer.add_float32("llama.rope.freq_base", kRopeBase);
  writer.add_float32("llama.attention.layer_norm_rms_epsilon", kRmsEps);
}

base::Result<> check_range(const char* field, int value, int least, int most, int multiple = 1) {
  if (value >= least && value <= most && value % multiple == 0) return {};
  std::string expected = std::to_string(least) + " to " + std::to_string(most);
  if (multiple > 1) expected += ", a multiple of " + std::to_string(multiple);
  return base::Error{base::ErrorCode::kInvalidRequest,
                     std::string(field) + " is " + std::to_string(value) + ", expected " + expected,
                     field};
}

}  // namespace

base::Result<> check_shape(const ModelShape& s) {
  CROMWELL_TRY(check_range("layers", s.layers, 1, ModelLimits::kMaxLayers));
  CROMWELL_TRY(check_range("hidden", s.hidden, 32, ModelLimits::kMaxHidden, 32));
  CROMWELL_TRY(check_range("ffn", s.ffn, 32, ModelLimits::kMaxFfn, 32));
  CROMWELL_TRY(check_range("heads", s.heads, 1, ModelLimits::kMaxHeads));
  CROMWELL_TRY(check_range("kv-heads", s.kv_heads, 1, s.heads));
  CROMWELL_TRY(check_range("vocab", s.vocab, 1, ModelLimits::kMaxVocab));
  CROMWELL_TRY(check_range("context", s.context, 1, ModelLimits::kMaxContext));
  const auto refuse = [](const char* field, const std::string& what) {
    return base::Error{base::ErrorCode::kInvalidRequest, std::string(field) + " " + what, field};
  };
  if (s.heads % s.kv_heads != 0) {
    return refuse("kv-heads", "is " + std::to_string(s.kv_heads) + ", expected a divisor of the " +
                                  std::to_string(s.heads) + " heads");
  }
  if (s.hidden % s.heads != 0) {
    return refuse("heads", "is " + std::to_string(s.heads) + ", expected a divisor of the " +
                               std::to_string(s.hidden) + " of hidden");
  }
  return check_range("hidden / heads", s.head_dim(), ModelLimits::kHeadDimMultiple,
                     ModelLimits::kMaxHeadDim, ModelLimits::kHeadDimMultiple);
}

ModelCost cost_of(const ModelShape& s) {
  ModelCost cost;
  for (const TensorPlan& plan : tensors_of(s)) {
    std::uint64_t count = 1;
    for (const std::uint64_t dimension : plan.shape) count *= dimension;
    cost.parameters += count;
    if (plan.shape.size() == 2 && plan.name.starts_with("blk.")) cost.layer_flops += 2 * count;
  }
  const auto product = [](int a, int b) {
    return static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b);
  };
  cost.head_flops = 2 * product(s.vocab, s.hidden);
  cost.position_flops = 4 * product(s.layers, s.hidden);  // q k, then weight v, both heads wide
  return cost;
}

void add_random_model(const RandomModelOptions& options, TensorQuantizer& quantizer,
                      const TensorDone& done, GgufWriter& writer) {
  add_configuration(options, writer);
  const std::vector<TensorPlan> plans = tensors_of(options.shape);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const TensorPlan& plan = plans[i];
    const kernels::WeightType type = storage_type(plan.name, plan.shape, options.type);
    const auto source = [plan, type, done, i, count = plans.size(), &quantizer,
                         key = mix(mix(options.seed) + (i + 1) * kGolden)](
                            std::span<std::byte> out) -> base::Result<> {
      const bool is_norm = plan.shape.size() == 1;
      const int cols = static_cast<int>(plan.shape[0]);
      const auto row_source = [&](std::uint64_t row, float* x) {
        if (is_norm) {
          std::fill_n(x, cols, 1.0F);
        } else {
          draw(key, row * plan.shape[0], cols, plan.deviation, x);
        }
      };
      CROMWELL_TRY(
          quantizer.quantize(plan.name, is_norm ? 1 : plan.shape[1], cols, row_source, type, out));
      done(i + 1, count);
      return {};
    };
    writer.add_tensor(plan.name, plan.shape, type, source);
  }
}

}  // namespace cromwell::model
