#include "clients/cli/model_inspect.h"

#include <bit>
#include <cstdint>
#include <cstdio>

#include "model/gguf.h"

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

}  // namespace

base::Result<> inspect_model(const std::string& path) {
  CROMWELL_ASSIGN(const auto file, model::GgufFile::open(path));
  std::printf("%s: GGUF version %u, %zu bytes, %zu keys, %zu tensors\n", path.c_str(),
              file->version(), file->bytes().size(), file->metadata().size(),
              file->tensors().size());
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
