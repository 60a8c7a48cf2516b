// The models of tests/golden/model_variants.json, written as GGUF files: what
// tests/golden/model_variants.py says of their keys and tensors, with the weights that it draws.
#pragma once

#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/gguf_writer.h"

namespace cromwell::model {

struct Variant {
  std::string name;
  nlohmann::json keys;
  nlohmann::json tensors;
  std::vector<std::int32_t> ids;
  std::vector<int> rows;  // the ids after which `logits` are
  std::vector<std::vector<float>> logits;
};

inline std::vector<Variant> read_variants() {
  std::ifstream in(CROMWELL_SOURCE_DIR "/tests/golden/model_variants.json");
  std::vector<Variant> all;
  for (const auto& v : nlohmann::json::parse(in)) {
    all.push_back({v["name"], v["keys"], v["tensors"], v["ids"], v["rows"], v["logits"]});
  }
  return all;
}

// The same as `draw` in model_variants.py.
inline std::vector<float> draw(std::string_view name, std::size_t count, float mean,
                               float deviation) {
  std::uint64_t state = 0xcbf29ce484222325U;
  for (const char c : name) state = (state ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  std::vector<float> values(count);
  for (float& value : values) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    value = mean + deviation * (static_cast<float>(z >> 40) / 8388608.0F - 1.0F);
  }
  return values;
}

inline void add_key(GgufWriter& writer, const std::string& key, const nlohmann::json& entry) {
  const std::string kind = entry[0];
  if (kind == "text") writer.add_text(key, entry[1].get<std::string>());
  if (kind == "uint32") writer.add_uint32(key, entry[1].get<std::uint32_t>());
  if (kind == "float32") writer.add_float32(key, entry[1].get<float>());
  if (kind == "bools") writer.add_bools(key, entry[1].get<std::vector<bool>>());
}

inline void add_variant_tensor(GgufWriter& writer, const nlohmann::json& tensor) {
  const std::string name = tensor["name"];
  const std::vector<std::uint64_t> shape = tensor["shape"];
  std::vector<float> values;
  if (tensor.contains("values")) {
    values = tensor["values"].get<std::vector<float>>();
  } else {
    std::size_t count = 1;
    for (const std::uint64_t n : shape) count *= n;
    values = draw(name, count, tensor["mean"], tensor["deviation"]);
  }
  writer.add_tensor(name, shape, kernels::WeightType::kF32,
                    [values = std::move(values)](std::span<std::byte> out) {
                      std::memcpy(out.data(), values.data(), out.size());
                      return base::Result<>();
                    });
}

// Without a vocabulary.
inline GgufWriter variant_writer(const Variant& variant) {
  GgufWriter writer;
  for (const auto& [key, entry] : variant.keys.items()) add_key(writer, key, entry);
  for (const auto& tensor : variant.tensors) add_variant_tensor(writer, tensor);
  return writer;
}

}  // namespace cromwell::model
