// LoraAdapter: low-rank additions to a model's matrices (LoRA, Hu et al. 2021), read from a GGUF
// whose general.type is "adapter" and checked against the model: y = W x + scale B (A x). Both
// factors are copied into packed rows, quantised ones as float32.
// Immutable. Not here: their products (model/lora_step).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "kernels/weight_type.h"
#include "model/config.h"
#include "model/gguf.h"
#include "model/weights.h"

namespace cromwell::model {

inline constexpr int kMaxLoraRank = 1024;
inline constexpr int kMaxAdapters = 16;
inline constexpr double kMaxLoraFactor = 1e6;  // |scale| of LoraFactors: far from float's end

// A LoRA adapter's file, and how much of it is added.
struct LoraFile {
  std::shared_ptr<const GgufFile> file;
  float scale = 1;
};

// A factor, of floats, that is there only packed.
struct LoraFactor {
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines;
  kernels::WeightMatrix shape;

  kernels::WeightMatrix matrix() const {
    kernels::WeightMatrix packed = shape;
    packed.packed = lines.front().bytes;
    return packed;
  }
};

// The addition to one matrix of [rows, cols].
struct LoraFactors {
  int rank = 0;
  float scale = 0;  // the file's alpha / rank, times what the user asks for
  LoraFactor a;     // [rank, cols]
  LoraFactor b;     // [rows, rank]
};

class LoraAdapter {
 public:
  // kBadModel with the key's or tensor's name for what does not fit the model. `weights` keep their
  // address while this lives.
  static base::Result<LoraAdapter> read(const GgufFile& file, const ModelConfig& config,
                                        const Weights& weights, float scale);

  // nullptr where it adds nothing.
  const LoraFactors* find(const kernels::WeightMatrix& matrix) const {
    const auto found = factors_.find(&matrix);
    return found == factors_.end() ? nullptr : &found->second;
  }
  int largest_rank() const { return largest_rank_; }
  int size() const { return static_cast<int>(factors_.size()); }

 private:
  friend class LoraReader;
  LoraAdapter() = default;

  std::unordered_map<const kernels::WeightMatrix*, LoraFactors> factors_;
  int largest_rank_ = 0;
};

}  // namespace cromwell::model
