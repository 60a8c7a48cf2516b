// A model with random weights in the shape of a real one: for measuring speed and memory at full
// size where no trained weights exist. It says so in its metadata (`cromwell.random`). The weights
// are the same for a seed on every machine and for any number of threads. Not here: the vocabulary,
// which the caller adds to the writer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "model/gguf_writer.h"
#include "model/tensor_quantizer.h"

namespace cromwell::model {

// Cromwell's own shape is the default.
struct ModelShape {
  int layers = 24;
  int hidden = 2048;
  int ffn = 5632;
  int heads = 32;
  int kv_heads = 4;
  int vocab = 50000;
  int context = 4096;
  bool tied = false;

  int head_dim() const { return hidden / heads; }
};

struct ModelCost {
  std::uint64_t parameters = 0;
  std::uint64_t layer_flops = 0;     // per token, two for each weight of the layers' matrices
  std::uint64_t head_flops = 0;      // per token whose logits are wanted
  std::uint64_t position_flops = 0;  // per token and position that it attends to
};

// kInvalidRequest with the field's name for a shape that the forward pass does not support.
base::Result<> check_shape(const ModelShape& shape);
ModelCost cost_of(const ModelShape& shape);

struct RandomModelOptions {
  ModelShape shape;
  kernels::WeightType type = kernels::WeightType::kQ4_0;
  std::uint64_t seed = 0;
  std::string name;  // general.name
};

// Called when a tensor is done, with its place among all: 1 .. count.
using TensorDone = std::function<void(std::size_t number, std::size_t count)>;

// Adds the configuration and the tensors, which are drawn and quantised when the writer writes.
// `quantizer` outlives the writer. The shape has been checked.
void add_random_model(const RandomModelOptions& options, TensorQuantizer& quantizer,
                      const TensorDone& done, GgufWriter& writer);

}  // namespace cromwell::model
