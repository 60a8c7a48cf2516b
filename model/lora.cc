#include "model/lora.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "kernels/kernels.h"
#include "kernels/packed_rows.h"
#include "model/metadata_reader.h"

namespace cromwell::model {
namespace {

constexpr std::string_view kSuffixA = ".lora_a";
constexpr std::string_view kSuffixB = ".lora_b";
constexpr const char* kAlphaKey = "adapter.lora.alpha";

// The matrices that an adapter may add to, by the names of their tensors.
std::map<std::string, const kernels::WeightMatrix*, std::less<>> named_matrices(
    const Weights& weights) {
  std::map<std::string, const kernels::WeightMatrix*, std::less<>> named;
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const LayerWeights& w = weights.layers[i];
    const std::pair<const char*, const kernels::WeightMatrix*> of_layer[] = {
        {"attn_q", &w.q},     {"attn_k", &w.k},
        {"attn_v", &w.v},     {"attn_output", &w.attn_output},
        {"ffn_up", &w.up},    {"ffn_gate", &w.gate},
        {"ffn_down", &w.down}};
    for (const auto& [name, matrix] : of_layer) {
      named["blk." + std::to_string(i) + "." + name + ".weight"] = matrix;
    }
  }
  if (!weights.tied) named["output.weight"] = &weights.output;
  return named;
}

// The quantised matrix as float32 in `values`.
kernels::WeightMatrix as_floats(const kernels::WeightMatrix& matrix, std::vector<float>& values) {
  const auto cols = static_cast<std::size_t>(matrix.cols);
  values.resize(static_cast<std::size_t>(matrix.rows) * cols);
  for (int row = 0; row < matrix.rows; ++row) {
    kernels::available_kernels().front()->dequantize_row(
        matrix, row, values.data() + static_cast<std::size_t>(row) * cols);
  }
  kernels::WeightMatrix floats = matrix;
  floats.data = reinterpret_cast<const std::byte*>(values.data());
  floats.type = kernels::WeightType::kF32;
  floats.row_bytes = cols * sizeof(float);
  return floats;
}

LoraFactor packed(const kernels::WeightMatrix& floats) {
  LoraFactor factor;
  factor.lines.resize(kernels::packed_bytes(floats) / sizeof(LoraFactor::Line));
  kernels::pack_rows(floats, 0, kernels::packed_runs(floats), factor.lines.front().bytes);
  factor.shape = floats;
  factor.shape.data = nullptr;
  return factor;
}

}  // namespace

class LoraReader {
 public:
  LoraReader(const GgufFile& file, const ModelConfig& config, float user_scale)
      : file_(file), config_(config), user_scale_(user_scale) {}

  base::Result<LoraAdapter> read(const Weights& weights) {
    CROMWELL_TRY(check_kind());
    CROMWELL_TRY(check_unsupported());
    CROMWELL_ASSIGN(alpha_, file_.real(kAlphaKey, 0.0));
    const auto matrices = named_matrices(weights);
    for (const GgufTensor& tensor : file_.tensors()) {
      CROMWELL_TRY(judge(tensor, matrices));
    }
    if (adapter_.factors_.empty()) return error("tensors", "none, expected some for a LoRA");
    return std::move(adapter_);
  }

 private:
  base::Error error(const std::string& what, const std::string& problem) const {
    return {base::ErrorCode::kBadModel, file_.path() + ": " + what + ": " + problem, "lora"};
  }

  base::Result<> expect_text(const char* key, const std::string& expected) const {
    CROMWELL_ASSIGN(const std::string value, file_.text(key));
    if (value == expected) return {};
    return error(std::string("key ") + key,
                 "is " + quoted(value) + ", expected " + quoted(expected));
  }

  base::Result<> check_kind() const {
    CROMWELL_TRY(expect_text("general.type", "adapter"));
    CROMWELL_TRY(expect_text("adapter.type", "lora"));
    return expect_text("general.architecture", config_.architecture);
  }

  // Adapters that work in another way than by their factors alone.
  base::Result<> check_unsupported() const {
    for (const char* key : {"adapter.alora.invocation_tokens", "adapter.lora.prompt_prefix"}) {
      if (file_.has(key)) return error(std::string("key ") + key, "is not supported");
    }
    return {};
  }

  template <class Matrices>
  base::Result<> judge(const GgufTensor& tensor, const Matrices& matrices) {
    const std::string shown = "tensor " + printable(tensor.name);
    const std::string_view name = tensor.name;
    const bool is_a = name.ends_with(kSuffixA);
    if (!is_a && !name.ends_with(kSuffixB)) {
      return error(shown, "expected a name that ends in .lora_a or .lora_b");
    }
    const std::string base(name.substr(0, name.size() - kSuffixA.size()));
    const auto found = matrices.find(base);
    if (found == matrices.end()) {
      return error(shown, "the model has no matrix of that name that a LoRA could add to");
    }
    const GgufTensor* other = file_.find_tensor(base + std::string(is_a ? kSuffixB : kSuffixA));
    if (other == nullptr) {
      return error(shown, std::string("its other factor, ") + (is_a ? ".lora_b" : ".lora_a") +
                              ", is missing");
    }
    return is_a ? read_pair(*found->second, tensor, *other) : base::Result<>{};
  }

  // A: ne [cols, rank]; B: ne [rank, rows]
  base::Result<> read_pair(const kernels::WeightMatrix& matrix, const GgufTensor& a,
                           const GgufTensor& b) {
    if (a.rows() < 1 || a.rows() > static_cast<std::uint64_t>(kMaxLoraRank)) {
      return error("tensor " + printable(a.name), "has rank " + std::to_string(a.rows()) +
                                                      ", expected 1 to " +
                                                      std::to_string(kMaxLoraRank));
    }
    LoraFactors factors;
    factors.rank = static_cast<int>(a.rows());
    // Without an alpha a file means its factors as they are.
    const double own_scale = alpha_ == 0 ? 1 : alpha_ / factors.rank;
    const double scale = own_scale * static_cast<double>(user_scale_);
    if (!(std::fabs(scale) <= kMaxLoraFactor)) {  // also a NaN
      return error(std::string("key ") + kAlphaKey,
                   "is " + number_text(alpha_) + ", which scales " + printable(a.name) + " by " +
                       number_text(scale) + ", expected at most " + number_text(kMaxLoraFactor));
    }
    factors.scale = static_cast<float>(scale);
    CROMWELL_ASSIGN(factors.a, read_factor(a, factors.rank, matrix.cols));
    CROMWELL_ASSIGN(factors.b, read_factor(b, matrix.rows, factors.rank));
    adapter_.largest_rank_ = std::max(adapter_.largest_rank_, factors.rank);
    adapter_.factors_.emplace(&matrix, std::move(factors));
    return {};
  }

  base::Result<LoraFactor> read_factor(const GgufTensor& tensor, int rows, int cols) const {
    CROMWELL_ASSIGN(const kernels::WeightMatrix matrix, file_.matrix(tensor.name, rows, cols));
    if (!kernels::wants_quantized(matrix.type)) return packed(matrix);
    std::vector<float> values;
    return packed(as_floats(matrix, values));
  }

  const GgufFile& file_;
  const ModelConfig& config_;
  const float user_scale_;
  double alpha_ = 0;
  LoraAdapter adapter_;
};

base::Result<LoraAdapter> LoraAdapter::read(const GgufFile& file, const ModelConfig& config,
                                            const Weights& weights, float scale) {
  CROMWELL_ASSIGN(LoraAdapter adapter, LoraReader(file, config, scale).read(weights));
  if (!file.intact()) {
    return base::Error{base::ErrorCode::kBadModel, file.path() + ": changed while it was read",
                       "lora"};
  }
  return adapter;
}

}  // namespace cromwell::model
