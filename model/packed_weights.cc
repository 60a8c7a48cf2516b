#include "model/packed_weights.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "base/resident_pages.h"
#include "kernels/packed_rows.h"

namespace cromwell::model {
namespace {

using kernels::WeightMatrix;

constexpr std::size_t kAlign = 64;
constexpr std::size_t kPiece = std::size_t{4} << 20;  // between two looks at stop_

std::size_t room_for(const WeightMatrix& w) {
  return (kernels::packed_bytes(w) + kAlign - 1) / kAlign * kAlign;
}

std::span<const std::byte> file_bytes(const WeightMatrix& w) {
  return {w.data, static_cast<std::size_t>(w.rows) * w.row_bytes};
}

}  // namespace

void PackedWeights::Unmap::operator()(std::byte* memory) const { ::munmap(memory, bytes); }

std::size_t PackedWeights::bytes_of(const std::vector<WeightMatrix*>& matrices) {
  std::size_t bytes = 0;
  for (const WeightMatrix* w : matrices) bytes += room_for(*w);
  return bytes;
}

base::Result<std::unique_ptr<PackedWeights>> PackedWeights::begin(
    std::vector<WeightMatrix*> matrices, bool lock) {
  const std::size_t bytes = bytes_of(matrices);
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return base::Error{base::ErrorCode::kIo,
                       "cannot get " + std::to_string(bytes >> 20) +
                           " MiB for the packed weights: " + std::generic_category().message(errno),
                       "weights"};
  }
  std::unique_ptr<std::byte, Unmap> owned(static_cast<std::byte*>(memory), Unmap{bytes});
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  if (lock) CROMWELL_TRY(base::lock_in_memory({owned.get(), bytes}));
  return std::unique_ptr<PackedWeights>(new PackedWeights(std::move(matrices), std::move(owned)));
}

PackedWeights::PackedWeights(std::vector<WeightMatrix*> matrices,
                             std::unique_ptr<std::byte, Unmap> memory)
    : matrices_(std::move(matrices)), memory_(std::move(memory)) {
  std::byte* to = memory_.get();
  for (const WeightMatrix* w : matrices_) {
    copies_.push_back({*w, to});
    to += room_for(*w);
  }
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    // The process may have no more threads: the file serves as well, only slower.
  }
}

PackedWeights::~PackedWeights() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void PackedWeights::adopt() {
  const std::size_t made = made_.load(std::memory_order_acquire);
  for (; adopted_ < made; ++adopted_) matrices_[adopted_]->packed = copies_[adopted_].to;
}

void PackedWeights::finish() {
  if (thread_.joinable()) thread_.join();
  adopt();
}

void PackedWeights::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
  for (const Copy& copy : copies_) {
    if (!make(copy)) return;
    made_.fetch_add(1, std::memory_order_release);
    base::release_pages(file_bytes(copy.source));
  }
}

// False if there was no time left for it.
bool PackedWeights::make(const Copy& copy) const {
  const WeightMatrix& w = copy.source;
  const std::span<const std::byte> bytes = file_bytes(w);
  const std::size_t run_bytes =
      static_cast<std::size_t>(kernels::rows_per_run(w.type)) * w.row_bytes;
  const int runs = kernels::packed_runs(w);
  const auto step = static_cast<int>(kPiece / run_bytes + 1);
  for (int run = 0; run < runs; run += step) {
    if (stop_) return false;
    const std::size_t begin = static_cast<std::size_t>(run) * run_bytes;
    const std::size_t piece = static_cast<std::size_t>(step) * run_bytes;
    base::populate_pages(bytes.subspan(begin, std::min(piece, bytes.size() - begin)));
    kernels::pack_rows(w, run, std::min(run + step, runs), copy.to);
  }
  return true;
}

}  // namespace cromwell::model
