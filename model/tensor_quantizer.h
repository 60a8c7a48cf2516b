// TensorQuantizer: the rows of one tensor, as floats from anywhere, into a storage type, on all
// threads, with the loss measured on the way. The bytes and the loss are the same for any number of
// threads. Not here: which type a tensor gets (model/storage_rule). One caller at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "kernels/weight_type.h"

namespace cromwell::model {

// What rounding took away, in sums of squares over all weights.
struct Loss {
  double error = 0;   // of (stored - wanted)
  double weight = 0;  // of wanted

  double relative_rms() const;  // sqrt(error / weight), 0 where all weights are 0
  Loss& operator+=(const Loss& other);
};

class TensorQuantizer {
 public:
  // Fills out[0 .. cols) with row `row`; called by several threads at once.
  using RowSource = std::function<void(std::uint64_t row, float* out)>;

  // `interrupted` may become true at any time: quantize() then ends with kCancelled.
  explicit TensorQuantizer(int threads, const std::atomic<bool>* interrupted = nullptr);

  int threads() const { return pool_.threads(); }

  // out: the whole tensor, `rows` rows of `cols` weights, cols a multiple of the type's block size.
  // kBadModel with the tensor's name for a weight that is not finite or that the type cannot hold.
  base::Result<Loss> quantize(const std::string& name, std::uint64_t rows, int cols,
                              const RowSource& source, kernels::WeightType type,
                              std::span<std::byte> out);

 private:
  base::ForkJoinPool pool_;
  const std::atomic<bool>* interrupted_;
};

}  // namespace cromwell::model
