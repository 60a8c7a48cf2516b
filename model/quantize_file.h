// A whole model file into another storage type: all metadata is copied, matrices are quantised one
// at a time by the rule of model/storage_rule, and every loss is reported.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "model/gguf.h"
#include "model/gguf_writer.h"
#include "model/tensor_quantizer.h"

namespace cromwell::model {

struct QuantizedTensor {
  const GgufTensor* tensor = nullptr;  // as it was
  kernels::WeightType type{};          // as it is now
  std::uint64_t bytes = 0;             // now
  Loss loss;
  std::size_t number = 0;  // its place, 1 .. count
  std::size_t count = 0;
};

using TensorReport = std::function<void(const QuantizedTensor&)>;

// Writes `out`; `report` is called after each tensor, in file order. kBadModel for a file that is
// one of several parts, for a weight that is not finite or too large, and where `file` changed
// meanwhile.
base::Result<> quantize_file(const GgufFile& file, kernels::WeightType type, const std::string& out,
                             GgufWriter::Existing existing, TensorQuantizer& quantizer,
                             const TensorReport& report);

}  // namespace cromwell::model
