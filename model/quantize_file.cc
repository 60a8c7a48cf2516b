#include "model/quantize_file.h"

#include <cstring>
#include <limits>
#include <vector>

#include "kernels/kernels.h"
#include "model/storage_rule.h"

namespace cromwell::model {
namespace {

constexpr std::string_view kFileType = "general.file_type";
constexpr std::string_view kQuantizationVersion = "general.quantization_version";
constexpr std::uint32_t kBlockFormats = 2;  // the version whose blocks kernels/blocks.h describes

base::Error bad(const GgufFile& file, const std::string& what) {
  return {base::ErrorCode::kBadModel, file.path() + ": " + what, file.path()};
}

// The alignment is the writer's own, two others are set anew, and what is written is one part.
bool is_copied(std::string_view key) {
  return key != "general.alignment" && key != kFileType && key != kQuantizationVersion &&
         !key.starts_with("split.");
}

void copy_metadata(const GgufFile& file, kernels::WeightType type, GgufWriter& writer) {
  for (const GgufEntry& entry : file.metadata()) {
    if (is_copied(entry.key)) writer.add_value(entry.key, entry.value);
  }
  writer.add_uint32(kFileType, file_type_number(type));
  writer.add_uint32(kQuantizationVersion, kBlockFormats);
}

base::Result<> check_rows(const GgufFile& file) {
  for (const GgufTensor& tensor : file.tensors()) {
    if (tensor.shape[0] > std::numeric_limits<int>::max()) {
      return bad(file, "tensor " + printable(tensor.name) + ": rows of " +
                           std::to_string(tensor.shape[0]) + " weights are too long");
    }
  }
  return {};
}

}  // namespace

base::Result<> quantize_file(const GgufFile& file, kernels::WeightType type, const std::string& out,
                             GgufWriter::Existing existing, TensorQuantizer& quantizer,
                             const TensorReport& report) {
  CROMWELL_TRY(check_rows(file));
  GgufWriter writer;
  copy_metadata(file, type, writer);
  const auto dequantize_row = kernels::available_kernels().front()->dequantize_row;
  std::size_t number = 0;
  for (const GgufTensor& tensor : file.tensors()) {
    const std::vector<std::uint64_t> shape(tensor.shape.data(),
                                           tensor.shape.data() + tensor.dimensions);
    const kernels::WeightType to = storage_type(tensor.name, shape, type);
    const kernels::WeightTypeTraits& from = *kernels::weight_type_traits(tensor.type);
    const int cols = static_cast<int>(tensor.shape[0]);
    const std::size_t row_bytes = tensor.shape[0] / from.block_size * from.block_bytes;
    const auto source = [&, to, cols, row_bytes,
                         place = ++number](std::span<std::byte> bytes) -> base::Result<> {
      const std::byte* data = file.data(tensor);
      const auto row_source = [&](std::uint64_t row, float* x) {
        dequantize_row({data + row * row_bytes, tensor.type, 1, cols, row_bytes}, 0, x);
      };
      Loss loss;
      if (to == tensor.type && from.block_size > 1) {
        std::memcpy(bytes.data(), data, bytes.size());  // blocks already: nothing to lose
      } else {
        CROMWELL_ASSIGN(
            loss, quantizer.quantize(tensor.name, tensor.rows(), cols, row_source, to, bytes));
      }
      if (!file.intact()) return bad(file, "changed while it was read");
      report({&tensor, to, bytes.size(), loss, place, file.tensors().size()});
      return {};
    };
    writer.add_tensor(tensor.name, shape, to, source);
  }
  return writer.write(out, existing);
}

}  // namespace cromwell::model
