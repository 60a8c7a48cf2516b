#include "clients/cli/model_inspect.h"

#include <bit>
#include <cstdint>
#include <cstdio>

#include "engine/gguf_vocabulary.h"
#include "model/config.h"
#include "model/gguf.h"
#include "model/weights.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::cli {
namespace {

using model::GgufType;
using model::GgufValue;

// A scalar's bits, sign-extended from its own width.
std::int64_t signed_value(const GgufValue& value) {
  const unsigned unused = 64 - 8 * static_cast<unsigned>(model::gguf_scalar_bytes(value.type));
  return static_cast<std::int64_t>(value.bits << unused) >> unused;
}

std::string real_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string value_text(const GgufValue& value) {
  switch (value.type) {
    case GgufType::kString:
      return std::string(1, '"').append(model::printable(value.text)).append(1, '"');
    case GgufType::kArray:
      return std::to_string(value.count) + " x " + model::gguf_type_name(value.element_type);
    case GgufType::kBool:
      return value.bits != 0 ? "true" : "false";
    case GgufType::kFloat32:
      return real_text(std::bit_cast<float>(static_cast<std::uint32_t>(value.bits)));
    case GgufType::kFloat64:
      return real_text(std::bit_cast<double>(value.bits));
    case GgufType::kInt8:
    case GgufType::kInt16:
    case GgufType::kInt32:
    case GgufType::kInt64:
      return std::to_string(signed_value(value));
    default:
      return std::to_string(value.bits);
  }
}

std::string shape_text(const model::GgufTensor& tensor) {
  std::string text = "[";
  for (std::uint32_t i = 0; i < tensor.dimensions; ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(tensor.shape[i]);
  }
  return text + "]";
}

std::string rope_text(const model::ModelConfig& config, const model::Weights& weights) {
  std::string text = config.rope_layout == kernels::RopeLayout::kHalves ? "halves" : "pairs";
  text += " of " + std::to_string(config.rope_dim) + ", base " + real_text(config.rope_base);
  if (config.rope_scale != 1) {
    text += std::string(config.yarn ? ", yarn" : ", linear") + " scaling by " +
            real_text(1 / config.rope_scale);
  }
  if (weights.rope_factors != nullptr) text += ", factors";
  return text;
}

std::string windows_text(const model::ModelConfig& config) {
  std::size_t sliding = 0;
  int window = 0;
  for (const int positions : config.layer_window) {
    if (positions == 0) continue;
    ++sliding;
    window = positions;
  }
  if (sliding == 0) return "all positions";
  return "the last " + std::to_string(window) + " positions in " + std::to_string(sliding) +
         " of " + std::to_string(config.layer_window.size()) + " layers";
}

// How we read it as a model, or why we do not.
base::Result<> print_model(const model::GgufFile& file) {
  CROMWELL_ASSIGN(const model::ModelConfig config, model::read_config(file));
  CROMWELL_ASSIGN(const model::Weights weights, model::read_weights(file, config));
  const bool biased = weights.layers.front().q_bias != nullptr;
  std::printf("  %-14s %s, %d layers of %d, feed-forward %d with %s gate, %s head of %d tokens\n",
              "architecture", config.architecture.c_str(), config.layers, config.hidden, config.ffn,
              config.ffn_gate == model::FfnGate::kSilu ? "SiLU" : "sigmoid",
              weights.tied ? "tied" : "own", config.vocab);
  std::printf("  %-14s %d query and %d key/value heads of %d%s%s; sees %s\n", "attention",
              config.heads, config.kv_heads, config.head_dim, biased ? ", biases" : "",
              config.qk_norms ? ", q/k norms" : "", windows_text(config).c_str());
  std::printf("  %-14s %s; context %d\n", "rope", rope_text(config, weights).c_str(),
              config.context);
  return {};
}

base::Result<> print_tokenizer(const model::GgufFile& file) {
  CROMWELL_ASSIGN(auto vocabulary, engine::read_vocabulary(file));
  CROMWELL_ASSIGN(const auto tokenizer, tokenizer::Tokenizer::create(std::move(vocabulary)));
  const bool is_spm = tokenizer->vocabulary().model == "llama";
  std::printf("  %-14s %s, %d tokens\n", "tokenizer", is_spm ? "SentencePiece" : "byte-level BPE",
              tokenizer->vocab_size());
  return {};
}

base::Result<> print_adapter(const model::GgufFile& file) {
  CROMWELL_ASSIGN(const std::string kind, file.text("adapter.type"));
  CROMWELL_ASSIGN(const std::string architecture, file.text("general.architecture"));
  CROMWELL_ASSIGN(const double alpha, file.real("adapter.lora.alpha", 0));
  std::printf("  %-14s %s for %s, alpha %g, %zu matrices\n", "adapter",
              model::printable(kind).c_str(), model::printable(architecture).c_str(), alpha,
              file.tensors().size() / 2);
  return {};
}

void print_reading(const model::GgufFile& file) {
  std::printf("\nread as\n");
  const auto kind = file.text("general.type", "model");
  if (kind && *kind == "adapter") {
    if (const auto done = print_adapter(file); !done) {
      std::printf("  %s\n", done.error().message.c_str());
    }
    return;
  }
  for (const auto& print : {print_model, print_tokenizer}) {
    if (const auto done = print(file); !done) {
      std::printf("  cannot be used: %s\n", done.error().message.c_str());
    }
  }
}

}  // namespace

base::Result<> inspect_model(const std::string& path) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(path));
  std::size_t bytes = 0;
  for (int part = 0; part < file->parts(); ++part) bytes += file->part_bytes(part).size();
  std::printf("%s: GGUF version %u, %zu bytes%s, %zu keys, %zu tensors\n", path.c_str(),
              file->version(), bytes,
              file->parts() > 1 ? (" in " + std::to_string(file->parts()) + " parts").c_str() : "",
              file->metadata().size(), file->tensors().size());
  print_reading(*file);
  std::printf("\nmetadata\n");
  for (const model::GgufEntry& entry : file->metadata()) {
    std::printf("  %-44s %-8s %s\n", model::printable(entry.key).c_str(),
                model::gguf_type_name(entry.value.type).c_str(), value_text(entry.value).c_str());
  }
  std::printf("\ntensors\n");
  for (const model::GgufTensor& tensor : file->tensors()) {
    std::printf("  %-44s %-8s %-16s %12llu bytes\n", model::printable(tensor.name).c_str(),
                model::tensor_type_name(static_cast<std::uint32_t>(tensor.type)).c_str(),
                shape_text(tensor).c_str(), static_cast<unsigned long long>(tensor.bytes));
  }
  return {};
}

}  // namespace cromwell::cli
