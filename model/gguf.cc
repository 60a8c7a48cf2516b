#include "model/gguf.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace cromwell::model {
namespace {

std::string shape_text(const std::uint64_t* shape, std::uint32_t dimensions) {
  std::string text = "[";
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

bool is_integer(GgufType type) {
  switch (type) {
    case GgufType::kUint8:
    case GgufType::kInt8:
    case GgufType::kUint16:
    case GgufType::kInt16:
    case GgufType::kUint32:
    case GgufType::kInt32:
    case GgufType::kUint64:
    case GgufType::kInt64:
      return true;
    default:
      return false;
  }
}

bool is_real(GgufType type) { return type == GgufType::kFloat32 || type == GgufType::kFloat64; }

// The value as a signed number; a uint64 above INT64_MAX is negative, as every caller wants it.
std::int64_t integer_of(GgufType type, std::uint64_t bits) {
  switch (type) {
    case GgufType::kInt8:
      return static_cast<std::int8_t>(bits);
    case GgufType::kInt16:
      return static_cast<std::int16_t>(bits);
    case GgufType::kInt32:
      return static_cast<std::int32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

double real_of(GgufType type, std::uint64_t bits) {
  return type == GgufType::kFloat32
             ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)))
             : std::bit_cast<double>(bits);
}

std::uint64_t scalar_at(std::string_view payload, std::size_t index, std::size_t size) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, payload.data() + index * size, size);
  return bits;
}

}  // namespace

std::string gguf_type_name(GgufType type) {
  static constexpr const char* kNames[] = {"uint8",  "int8",    "uint16", "int16",  "uint32",
                                           "int32",  "float32", "bool",   "string", "array",
                                           "uint64", "int64",   "float64"};
  const auto index = static_cast<std::uint32_t>(type);
  return index < std::size(kNames) ? kNames[index] : "type " + std::to_string(index);
}

std::string tensor_type_name(std::uint32_t type) {
  static constexpr const char* kNames[] = {
      "F32",     "F16",    "Q4_0",    "Q4_1",  nullptr,  nullptr, "Q5_0",  "Q5_1",
      "Q8_0",    "Q8_1",   "Q2_K",    "Q3_K",  "Q4_K",   "Q5_K",  "Q6_K",  "Q8_K",
      "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS",
      "I8",      "I16",    "I32",     "I64",   "F64",    "IQ1_M", "BF16",  nullptr,
      nullptr,   nullptr,  "TQ1_0",   "TQ2_0", nullptr,  nullptr, nullptr, "MXFP4"};
  const char* name = type < std::size(kNames) ? kNames[type] : nullptr;
  return name != nullptr ? name : "type " + std::to_string(type);
}

std::size_t gguf_scalar_bytes(GgufType type) {
  static constexpr std::uint8_t kBytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  const auto index = static_cast<std::uint32_t>(type);
  return index < std::size(kBytes) ? kBytes[index] : 0;
}

std::string printable(std::string_view text) {
  constexpr std::size_t kLimit = 80;
  std::string out;
  for (const char c : text.substr(0, kLimit)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return text.size() > kLimit ? out + "..." : out;
}

std::span<const std::byte> GgufFile::part_bytes(int part) const {
  return part == 0 ? bytes_ : other_parts_[static_cast<std::size_t>(part - 1)]->bytes_;
}

bool GgufFile::intact() const {
  if (mapping_ != nullptr && !mapping_->intact()) return false;
  return std::all_of(other_parts_.begin(), other_parts_.end(),
                     [](const auto& part) { return part->intact(); });
}

base::Error GgufFile::key_error(std::string_view key, std::string_view what) const {
  const std::string name = printable(key);
  return {base::ErrorCode::kBadModel, path_ + ": key " + name + ": " + std::string(what), name};
}

base::Error GgufFile::tensor_error(std::string_view name, std::string_view what) const {
  const std::string shown = printable(name);
  return {base::ErrorCode::kBadModel, path_ + ": tensor " + shown + ": " + std::string(what),
          shown};
}

const GgufValue* GgufFile::find(std::string_view key) const {
  const auto found = key_index_.find(key);
  return found == key_index_.end() ? nullptr : &metadata_[found->second].value;
}

base::Result<std::uint64_t> GgufFile::integer(std::string_view key,
                                              std::optional<std::uint64_t> absent) const {
  const GgufValue* value = find(key);
  if (value == nullptr) {
    if (absent) return *absent;
    return key_error(key, "is missing, expected an integer");
  }
  if (!is_integer(value->type)) {
    return key_error(key, "is a " + gguf_type_name(value->type) + ", expected an integer");
  }
  const std::int64_t number = integer_of(value->type, value->bits);
  if (number < 0 && value->type != GgufType::kUint64) {
    return key_error(key, "is " + std::to_string(number) + ", expected 0 or more");
  }
  return static_cast<std::uint64_t>(number);
}

base::Result<double> GgufFile::real(std::string_view key, std::optional<double> absent) const {
  const GgufValue* value = find(key);
  if (value == nullptr) {
    if (absent) return *absent;
    return key_error(key, "is missing, expected a float");
  }
  if (!is_real(value->type)) {
    return key_error(key, "is a " + gguf_type_name(value->type) + ", expected a float");
  }
  return real_of(value->type, value->bits);
}

base::Result<bool> GgufFile::boolean(std::string_view key, std::optional<bool> absent) const {
  const GgufValue* value = find(key);
  if (value == nullptr) {
    if (absent) return *absent;
    return key_error(key, "is missing, expected a bool");
  }
  if (value->type != GgufType::kBool) {
    return key_error(key, "is a " + gguf_type_name(value->type) + ", expected a bool");
  }
  return value->bits != 0;
}

base::Result<std::string> GgufFile::text(std::string_view key,
                                         std::optional<std::string> absent) const {
  const GgufValue* value = find(key);
  if (value == nullptr) {
    if (absent) return *std::move(absent);
    return key_error(key, "is missing, expected a string");
  }
  if (value->type != GgufType::kString) {
    return key_error(key, "is a " + gguf_type_name(value->type) + ", expected a string");
  }
  return std::string(value->text);
}

base::Result<const GgufValue*> GgufFile::find_array(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return key_error(key, "is missing, expected an array");
  if (value->type != GgufType::kArray) {
    return key_error(key, "is a " + gguf_type_name(value->type) + ", expected an array");
  }
  return value;
}

base::Result<std::vector<std::string_view>> GgufFile::texts(std::string_view key) const {
  CROMWELL_ASSIGN(const GgufValue* value, find_array(key));
  if (value->element_type != GgufType::kString) {
    return key_error(
        key, "is an array of " + gguf_type_name(value->element_type) + ", expected strings");
  }
  std::vector<std::string_view> strings;
  strings.reserve(value->count);  // bounded: each element has at least 8 bytes of payload
  // Lengths are read a second time here, and the file may have changed since the first.
  std::string_view rest = value->payload;
  for (std::uint64_t i = 0; i < value->count; ++i) {
    std::uint64_t length = 0;
    if (rest.size() < sizeof length) return key_error(key, "changed while it was read");
    std::memcpy(&length, rest.data(), sizeof length);
    rest.remove_prefix(sizeof length);
    if (length > rest.size()) return key_error(key, "changed while it was read");
    strings.push_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return strings;
}

base::Result<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const {
  CROMWELL_ASSIGN(const GgufValue* value, find_array(key));
  if (!is_integer(value->element_type)) {
    return key_error(
        key, "is an array of " + gguf_type_name(value->element_type) + ", expected integers");
  }
  const std::size_t size = gguf_scalar_bytes(value->element_type);
  std::vector<std::int64_t> numbers(value->count);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = integer_of(value->element_type, scalar_at(value->payload, i, size));
  }
  return numbers;
}

base::Result<std::vector<double>> GgufFile::reals(std::string_view key) const {
  CROMWELL_ASSIGN(const GgufValue* value, find_array(key));
  if (!is_real(value->element_type)) {
    return key_error(key,
                     "is an array of " + gguf_type_name(value->element_type) + ", expected floats");
  }
  const std::size_t size = gguf_scalar_bytes(value->element_type);
  std::vector<double> numbers(value->count);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = real_of(value->element_type, scalar_at(value->payload, i, size));
  }
  return numbers;
}

base::Result<std::vector<bool>> GgufFile::booleans(std::string_view key) const {
  CROMWELL_ASSIGN(const GgufValue* value, find_array(key));
  if (value->element_type != GgufType::kBool) {
    return key_error(key,
                     "is an array of " + gguf_type_name(value->element_type) + ", expected bools");
  }
  std::vector<bool> flags(value->count);
  for (std::size_t i = 0; i < flags.size(); ++i) flags[i] = value->payload[i] != 0;
  return flags;
}

const GgufTensor* GgufFile::find_tensor(std::string_view name) const {
  const auto found = tensor_index_.find(name);
  return found == tensor_index_.end() ? nullptr : &tensors_[found->second];
}

base::Result<kernels::WeightMatrix> GgufFile::matrix(std::string_view name, int rows,
                                                     int cols) const {
  const std::uint64_t expected[] = {static_cast<std::uint64_t>(cols),
                                    static_cast<std::uint64_t>(rows)};
  const GgufTensor* tensor = find_tensor(name);
  if (tensor == nullptr) {
    return tensor_error(name, "is missing, expected shape " + shape_text(expected, 2));
  }
  if (tensor->shape[0] != expected[0] || tensor->shape[1] != expected[1] ||
      tensor->rows() != expected[1]) {
    return tensor_error(name, "shape " + shape_text(tensor->shape.data(), tensor->dimensions) +
                                  ", expected " + shape_text(expected, 2));
  }
  const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(tensor->type);
  return kernels::WeightMatrix{
      .data = data(*tensor),
      .type = tensor->type,
      .rows = rows,
      .cols = cols,
      .row_bytes = static_cast<std::size_t>(cols) / traits.block_size * traits.block_bytes};
}

base::Result<const float*> GgufFile::vector(std::string_view name, int n) const {
  CROMWELL_ASSIGN(const kernels::WeightMatrix row, matrix(name, 1, n));
  if (row.type != kernels::WeightType::kF32) {
    return tensor_error(
        name, "type " + tensor_type_name(static_cast<std::uint32_t>(row.type)) + ", expected F32");
  }
  return reinterpret_cast<const float*>(row.data);
}

}  // namespace cromwell::model
