// PackedWeights: copies of a model's matrices in the order in which kernels read them
// (kernels/packed_rows.h), made by a thread of low priority while the model already answers from
// the mapped file. Both forms give the same bits, so one pass may read the file and the next the
// copy. What is copied of the file is given back to the system. Owned by the engine thread, which
// alone calls it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "base/result.h"
#include "kernels/weight_type.h"

namespace cromwell::model {

class PackedWeights {
 public:
  // Of all the copies together.
  static std::size_t bytes_of(const std::vector<kernels::WeightMatrix*>& matrices);

  // Begins to copy `matrices`, in this order, which outlive the object, as does what they view.
  // kIo if there is not so much memory, or where it is to be locked and may not be.
  static base::Result<std::unique_ptr<PackedWeights>> begin(
      std::vector<kernels::WeightMatrix*> matrices, bool lock);
  ~PackedWeights();  // waits for at most one piece
  PackedWeights(const PackedWeights&) = delete;
  PackedWeights& operator=(const PackedWeights&) = delete;

  // Tells the matrices that are copied by now where their copies are. Between two passes.
  void adopt();
  // Waits for all of them: for tests and measurements.
  void finish();

 private:
  struct Unmap {
    std::size_t bytes = 0;
    void operator()(std::byte* memory) const;
  };
  struct Copy {
    kernels::WeightMatrix source;
    std::byte* to = nullptr;
  };

  PackedWeights(std::vector<kernels::WeightMatrix*> matrices,
                std::unique_ptr<std::byte, Unmap> memory);
  void work();
  bool make(const Copy& copy) const;

  const std::vector<kernels::WeightMatrix*> matrices_;
  const std::unique_ptr<std::byte, Unmap> memory_;
  std::vector<Copy> copies_;  // [matrices]
  std::size_t adopted_ = 0;   // so many of them, from the first on
  std::atomic<std::size_t> made_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace cromwell::model
