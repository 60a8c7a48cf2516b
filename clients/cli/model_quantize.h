// cromwell model quantize: writes a model in another storage type (model/quantize_file) and prints
// what each tensor lost.
#pragma once

#include "base/result.h"
#include "clients/cli/model_output.h"

namespace cromwell::cli {

struct QuantizeJob {
  ModelOutput output;
  std::string input;
  std::string type;
};

base::Result<> quantize_model(const QuantizeJob& job);

}  // namespace cromwell::cli
