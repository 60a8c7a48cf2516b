// The tiny model as several GGUF files, with any of the keys that say so changed.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "model/gguf_parts.h"
#include "tests/fakes/temp_folder.h"
#include "tests/model/gguf_bytes.h"

namespace cromwell::model {

using SplitKeys = std::map<std::string, std::uint32_t>;

// NAME-00001-of-0000N.gguf in `folder`, and its path. change(part, keys) may change what a part
// says of itself.
inline std::string write_split_model(
    const tests::TempFolder& folder, int parts,
    const std::function<void(int part, SplitKeys& keys)>& change = [](int, SplitKeys&) {}) {
  const std::string whole_path = folder.str("whole.gguf");
  if (!fakes::write_tiny_gguf(whole_path)) return "";
  const auto whole = GgufFile::open(whole_path);
  if (!whole) return "";
  const auto& tensors = (*whole)->tensors();
  const std::string first = folder.str("split-00001-of-0000" + std::to_string(parts) + ".gguf");
  for (int part = 0; part < parts; ++part) {
    GgufWriter writer;
    if (part == 0) {
      for (const GgufEntry& entry : (*whole)->metadata()) writer.add_value(entry.key, entry.value);
    }
    SplitKeys keys = {{"split.no", static_cast<std::uint32_t>(part)},
                      {"split.count", static_cast<std::uint32_t>(parts)},
                      {"split.tensors.count", static_cast<std::uint32_t>(tensors.size())}};
    change(part, keys);
    for (const auto& [key, value] : keys) writer.add_uint32(key, value);
    const auto at = [&](int n) {
      return tensors.size() * static_cast<std::size_t>(n) / static_cast<std::size_t>(parts);
    };
    for (std::size_t i = at(part); i < at(part + 1); ++i) {
      const GgufTensor& tensor = tensors[i];
      writer.add_tensor(tensor.name,
                        {tensor.shape.begin(), tensor.shape.begin() + tensor.dimensions},
                        tensor.type, [&whole, &tensor](std::span<std::byte> out) {
                          std::memcpy(out.data(), (*whole)->data(tensor), out.size());
                          return base::Result<>();
                        });
    }
    if (!writer.write(gguf_part_paths(first)[static_cast<std::size_t>(part)])) return "";
  }
  return first;
}

}  // namespace cromwell::model
