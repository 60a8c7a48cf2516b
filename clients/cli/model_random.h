// cromwell model random: writes a model with random weights (model/random_model) and says how large
// it is and what a token costs.
#pragma once

#include "base/result.h"
#include "clients/cli/model_output.h"
#include "model/random_model.h"

namespace cromwell::cli {

struct RandomJob {
  ModelOutput output;
  model::ModelShape shape;
  std::string type = "Q4_0";
  std::uint64_t seed = 0;
};

// The shape that a word names: "cromwell" or "tiny".
model::ModelShape named_shape(const std::string& name);

base::Result<> write_random_model(const RandomJob& job);

}  // namespace cromwell::cli
