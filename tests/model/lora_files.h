// LoRA adapters as GGUF files, for tests: those of tests/golden/model_lora.json, and one for the
// tiny model.
#pragma once

#include <string>

#include "tests/fakes/tiny_gguf.h"
#include "tests/model/variant_model.h"

namespace cromwell::model {

inline void add_lora_keys(GgufWriter& writer, const std::string& architecture, float alpha) {
  writer.add_text("general.architecture", architecture);
  writer.add_text("general.type", "adapter");
  writer.add_text("adapter.type", "lora");
  writer.add_float32("adapter.lora.alpha", alpha);
}

inline GgufWriter lora_writer(const std::string& architecture, float alpha,
                              const nlohmann::json& tensors) {
  GgufWriter writer;
  add_lora_keys(writer, architecture, alpha);
  for (const auto& tensor : tensors) add_variant_tensor(writer, tensor);
  return writer;
}

// Both factors of a matrix of [rows, cols], drawn by their names.
inline void add_factors(GgufWriter& writer, const std::string& matrix, int rank, int rows,
                        int cols) {
  const std::pair<const char*, std::vector<int>> factors[] = {{".lora_a", {cols, rank}},
                                                              {".lora_b", {rank, rows}}};
  for (const auto& [suffix, shape] : factors) {
    add_variant_tensor(
        writer, {{"name", matrix + suffix}, {"shape", shape}, {"mean", 0}, {"deviation", 0.25}});
  }
}

// An adapter for fakes::TinyModel{}: the queries of its first layer and the head.
inline GgufWriter tiny_lora(int rank = 4) {
  const fakes::TinyModel tiny;
  GgufWriter writer;
  add_lora_keys(writer, "llama", static_cast<float>(rank));
  add_factors(writer, "blk.0.attn_q.weight", rank, tiny.hidden, tiny.hidden);
  add_factors(writer, "output.weight", rank, tiny.vocab(), tiny.hidden);
  return writer;
}

}  // namespace cromwell::model
