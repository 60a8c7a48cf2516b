#include "model/tensor_quantizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/quantize_row.h"
#include "model/gguf.h"

namespace cromwell::model {
namespace {

constexpr std::uint64_t kRowsPerShare = 16;
constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

// Halves hold scales and F16 weights; only these two types reach further.
float largest_of(kernels::WeightType type) {
  const bool wide = type == kernels::WeightType::kF32 || type == kernels::WeightType::kBF16;
  return wide ? std::numeric_limits<float>::max() : kernels::kLargestWeight;
}

// Of the first weight that is not finite or too large; cols if there is none.
int first_bad(const float* x, int cols, float largest) {
  int i = 0;
  while (i < cols && std::fabs(x[i]) <= largest) ++i;  // false for NaN
  return i;
}

Loss loss_of(const float* wanted, const float* stored, int cols) {
  Loss loss;
  for (int i = 0; i < cols; ++i) {
    const double x = wanted[i];
    const double error = stored[i] - x;
    loss.error += error * error;
    loss.weight += x * x;
  }
  return loss;
}

base::Error bad_weight(const std::string& name, std::uint64_t row, int column, float value,
                       kernels::WeightType type) {
  const std::string shown = printable(name);
  return {base::ErrorCode::kBadModel,
          "tensor " + shown + ": weight " + std::to_string(column) + " of row " +
              std::to_string(row) + " is " + std::to_string(value) +
              ", expected a finite number that " + kernels::weight_type_traits(type)->name +
              " can hold",
          shown};
}

// One tensor's work, shared by the threads: each takes the next few rows until none are left.
class Rows {
 public:
  Rows(std::uint64_t rows, int cols, const TensorQuantizer::RowSource& source,
       kernels::WeightType type, std::span<std::byte> out)
      : rows_(rows), cols_(cols), source_(source), type_(type), out_(out), losses_(rows) {
    const kernels::WeightTypeTraits& traits = *kernels::weight_type_traits(type);
    row_bytes_ = static_cast<std::size_t>(cols) / traits.block_size * traits.block_bytes;
  }

  void work(const std::atomic<bool>* interrupted) {
    std::vector<float> wanted(static_cast<std::size_t>(cols_));
    std::vector<float> stored(static_cast<std::size_t>(cols_));
    for (;;) {
      const std::uint64_t begin = next_.fetch_add(kRowsPerShare);
      if (begin >= rows_ || (interrupted != nullptr && interrupted->load())) return;
      for (std::uint64_t row = begin; row < std::min(rows_, begin + kRowsPerShare); ++row) {
        quantize(row, wanted.data(), stored.data());
      }
    }
  }

  // The first row with a weight that cannot be stored, kNone without one.
  std::uint64_t bad_row() const { return bad_row_.load(); }

  Loss loss() const {
    Loss sum;
    for (const Loss& loss : losses_) sum += loss;
    return sum;
  }

 private:
  void quantize(std::uint64_t row, float* wanted, float* stored) {
    source_(row, wanted);
    if (first_bad(wanted, cols_, largest_of(type_)) < cols_) {
      std::uint64_t seen = bad_row_.load();
      while (row < seen && !bad_row_.compare_exchange_weak(seen, row)) {
      }
      return;
    }
    std::byte* bytes = out_.data() + row * row_bytes_;
    kernels::quantize_row(type_, wanted, cols_, bytes);
    const kernels::WeightMatrix view = {bytes, type_, 1, cols_, row_bytes_};
    dequantize_row_(view, 0, stored);
    losses_[row] = loss_of(wanted, stored, cols_);
  }

  const std::uint64_t rows_;
  const int cols_;
  const TensorQuantizer::RowSource& source_;
  const kernels::WeightType type_;
  const std::span<std::byte> out_;
  std::size_t row_bytes_;
  // All tables share this function.
  decltype(kernels::Kernels::dequantize_row) dequantize_row_ =
      kernels::available_kernels().front()->dequantize_row;
  std::vector<Loss> losses_;  // [rows]: added up in their order, whoever made them
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> bad_row_{kNone};
};

}  // namespace

double Loss::relative_rms() const { return weight > 0 ? std::sqrt(error / weight) : 0; }

Loss& Loss::operator+=(const Loss& other) {
  error += other.error;
  weight += other.weight;
  return *this;
}

TensorQuantizer::TensorQuantizer(int threads, const std::atomic<bool>* interrupted)
    : pool_(threads), interrupted_(interrupted) {}

base::Result<Loss> TensorQuantizer::quantize(const std::string& name, std::uint64_t rows, int cols,
                                             const RowSource& source, kernels::WeightType type,
                                             std::span<std::byte> out) {
  Rows work(rows, cols, source, type, out);
  pool_.run([&](int) { work.work(interrupted_); });
  if (interrupted_ != nullptr && interrupted_->load()) {
    return base::Error{base::ErrorCode::kCancelled, "interrupted"};
  }
  const std::uint64_t row = work.bad_row();
  if (row != kNone) {
    std::vector<float> wanted(static_cast<std::size_t>(cols));
    source(row, wanted.data());
    const int column = first_bad(wanted.data(), cols, largest_of(type));
    // The file may have changed under the mapping since the row was seen to be bad.
    const float value = column < cols ? wanted[static_cast<std::size_t>(column)] : 0;
    return bad_weight(name, row, column, value, type);
  }
  return work.loss();
}

}  // namespace cromwell::model
