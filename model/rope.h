// The rotation of positions as a file describes it: base, scaling and factors become one frequency
// for each rotated pair and one factor for all. Not here: the rotation itself (kernels). Stateless.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/config.h"
#include "model/metadata_reader.h"

namespace cromwell::model {

// Fills what `config` says of RoPE, once its heads and context are known. A scaling that is not
// known is refused by name.
base::Result<> read_rope(const MetadataReader& in, ModelConfig& config);

// Radians per position, [rope_dim / 2]. factors: [rope_dim / 2], or nullptr.
std::vector<double> rope_frequencies(const ModelConfig& config, const float* factors);

}  // namespace cromwell::model
