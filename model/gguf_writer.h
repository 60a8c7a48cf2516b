// GgufWriter: writes a GGUF v3 file from metadata and tensors in the order they were added; the
// file appears whole or not at all. Not here: quantisation; a tensor arrives as the bytes of its
// storage type. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "kernels/weight_type.h"
#include "model/gguf.h"

namespace cromwell::model {

class GgufWriter {
 public:
  static constexpr std::uint64_t kAlignment = 32;

  // Fills `out`, the whole tensor row by row; called once, while the file is written. Its error is
  // write()'s.
  using TensorSource = std::function<base::Result<>(std::span<std::byte> out)>;

  enum class Existing { kReplace, kKeep };

  void add_text(std::string_view key, std::string_view value);
  void add_uint32(std::string_view key, std::uint32_t value);
  void add_float32(std::string_view key, float value);
  void add_bool(std::string_view key, bool value);
  void add_texts(std::string_view key, const std::vector<std::string>& values);
  void add_bools(std::string_view key, const std::vector<bool>& values);
  void add_float32s(std::string_view key, const std::vector<float>& values);
  void add_int32s(std::string_view key, const std::vector<std::int32_t>& values);
  // The value as it stands in another file.
  void add_value(std::string_view key, const GgufValue& value);
  // shape as in GGUF: [cols, rows] or [n]; cols is a multiple of the type's block size.
  void add_tensor(std::string_view name, std::vector<std::uint64_t> shape, kernels::WeightType type,
                  TensorSource source);

  // Everything before the first tensor's data, padding included.
  std::string header() const;
  // Into a temporary file beside `path`, synced and renamed; on any error that file is removed and
  // `path` is as it was. kKeep: a file that is there is an error. Holds one tensor in memory.
  base::Result<> write(const std::string& path, Existing existing = Existing::kReplace) const;
  base::Result<> write(const std::string& path, Existing existing, base::FileSystem& files) const;

 private:
  struct Tensor {
    std::string name;
    std::vector<std::uint64_t> shape;
    kernels::WeightType type;
    std::uint64_t offset;  // within the data section
    std::uint64_t bytes;
    TensorSource source;
  };

  void begin_entry(std::string_view key, GgufType type);
  base::Result<> write_content(base::FileSystem& files, int fd, const std::string& path) const;

  std::string entries_;
  std::uint64_t entry_count_ = 0;
  std::vector<Tensor> tensors_;
  std::uint64_t data_bytes_ = 0;
};

}  // namespace cromwell::model
