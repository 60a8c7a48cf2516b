// GgufFile: a GGUF v3 file, or the several that a model is split over, checked completely when
// opened: every magic, count, length, offset, alignment, type and shape, so that whoever holds a
// GgufFile may follow what it says. Nothing is copied but names; strings, arrays and tensors are
// views into the mapping. Not here: what a key or tensor means (model/config, model/weights,
// engine/gguf_vocabulary). Immutable after opening; any thread may read. If the file changes under
// the mapping (intact() is false), views still point at readable bytes, but these may say anything.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "kernels/weight_type.h"

namespace cromwell::model {

enum class GgufType : std::uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

struct GgufLimits {
  static constexpr std::uint64_t kMaxKeys = 65536;
  static constexpr std::uint64_t kMaxTensors = 65536;
  static constexpr std::uint64_t kMaxKeyBytes = 65535;
  static constexpr std::uint64_t kMaxTensorNameBytes = 64;
  static constexpr std::uint32_t kMaxDimensions = 4;
  static constexpr std::uint64_t kMinAlignment = 8;
  static constexpr std::uint64_t kMaxAlignment = 1 << 20;
  static constexpr int kMaxArrayDepth = 4;
};

struct GgufValue {
  GgufType type = GgufType::kUint8;
  std::uint64_t bits = 0;    // a scalar as it stands in the file, zero-extended
  std::string_view text;     // a string
  GgufType element_type{};   // of an array
  std::uint64_t count = 0;   // elements of an array
  std::string_view payload;  // the array's elements as they stand in the file
};

struct GgufEntry {
  std::string key;
  GgufValue value;
};

struct GgufTensor {
  std::string name;
  std::array<std::uint64_t, GgufLimits::kMaxDimensions> shape{1, 1, 1, 1};  // GGUF's ne: [cols, ..]
  std::uint32_t dimensions = 0;
  kernels::WeightType type{};
  int part = 0;              // of a split model: which file holds it
  std::uint64_t offset = 0;  // from that file's first byte
  std::uint64_t bytes = 0;

  std::uint64_t rows() const { return shape[1] * shape[2] * shape[3]; }
};

class GgufFile {
 public:
  // kBadModel with the key's or tensor's name for whatever is wrong in the file, kIo if it cannot
  // be read. The first of a model's parts (NAME-00001-of-00003.gguf) opens all; the metadata is
  // its.
  static base::Result<std::shared_ptr<const GgufFile>> open(const std::string& path);
  // The same over bytes that outlive the result; `name` stands for the path in messages.
  static base::Result<std::shared_ptr<const GgufFile>> parse(std::span<const std::byte> bytes,
                                                             std::string name);

  const std::string& path() const { return path_; }
  std::uint32_t version() const { return version_; }
  std::span<const std::byte> bytes() const { return bytes_; }  // of the first part
  int parts() const { return 1 + static_cast<int>(other_parts_.size()); }
  std::span<const std::byte> part_bytes(int part) const;
  const std::byte* data(const GgufTensor& tensor) const {
    return part_bytes(tensor.part).data() + tensor.offset;
  }
  const std::vector<GgufEntry>& metadata() const { return metadata_; }  // in file order
  const std::vector<GgufTensor>& tensors() const { return tensors_; }   // in file order
  bool intact() const;

  // Typed metadata. A key that is absent yields `absent`, or without one an error that names the
  // key; a key of another type is always an error. integer() takes every integer type whose value
  // is not negative, real() both float types.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  base::Result<std::uint64_t> integer(std::string_view key,
                                      std::optional<std::uint64_t> absent = {}) const;
  base::Result<double> real(std::string_view key, std::optional<double> absent = {}) const;
  base::Result<bool> boolean(std::string_view key, std::optional<bool> absent = {}) const;
  base::Result<std::string> text(std::string_view key,
                                 std::optional<std::string> absent = {}) const;
  // Arrays; a key that is absent is an error. The views live as long as this object.
  base::Result<std::vector<std::string_view>> texts(std::string_view key) const;
  base::Result<std::vector<std::int64_t>> integers(std::string_view key) const;
  base::Result<std::vector<double>> reals(std::string_view key) const;
  base::Result<std::vector<bool>> booleans(std::string_view key) const;

  // Tensors, with the shape that the caller expects ([cols, rows] or [n]) checked.
  const GgufTensor* find_tensor(std::string_view name) const;
  base::Result<kernels::WeightMatrix> matrix(std::string_view name, int rows, int cols) const;
  base::Result<const float*> vector(std::string_view name, int n) const;  // F32, [n]

 private:
  friend class GgufParser;
  friend class GgufJoiner;
  GgufFile() = default;
  static base::Result<std::shared_ptr<GgufFile>> open_part(const std::string& path);
  const GgufValue* find(std::string_view key) const;
  base::Result<const GgufValue*> find_array(std::string_view key) const;
  base::Error key_error(std::string_view key, std::string_view what) const;
  base::Error tensor_error(std::string_view name, std::string_view what) const;

  std::unique_ptr<base::MappedFile> mapping_;
  std::string path_;
  std::span<const std::byte> bytes_;
  std::uint32_t version_ = 0;
  std::vector<GgufEntry> metadata_;
  std::vector<GgufTensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> key_index_;
  std::map<std::string, std::size_t, std::less<>> tensor_index_;
  std::vector<std::shared_ptr<const GgufFile>> other_parts_;  // the second and so on
};

// "uint32", "string", ...; "type 77" for what GGUF does not define.
std::string gguf_type_name(GgufType type);
// "Q5_0", also for types that no kernel supports; "type 77" for what GGML does not define.
std::string tensor_type_name(std::uint32_t type);
// Bytes of a scalar; 0 for strings, arrays and unknown types.
std::size_t gguf_scalar_bytes(GgufType type);
// Text of a file made fit for a message: printable ASCII, cut at 80 bytes.
std::string printable(std::string_view text);

}  // namespace cromwell::model
