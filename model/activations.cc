#include "model/activations.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

namespace cromwell::model {
namespace {

// Hands out aligned pieces of one block; without a block it only adds up their sizes.
class Carver {
 public:
  explicit Carver(std::byte* block) : block_(block) {}

  template <class T>
  void carve(T*& pointer, int tokens, int columns) {
    const std::size_t bytes =
        static_cast<std::size_t>(tokens) * static_cast<std::size_t>(columns) * sizeof(T);
    if (block_ != nullptr) pointer = reinterpret_cast<T*>(block_ + used_);
    constexpr std::size_t kMask = ActivationBuffers::kAlignment - 1;
    used_ += (bytes + kMask) & ~kMask;
  }

  std::size_t used() const { return used_; }

 private:
  std::byte* block_;
  std::size_t used_ = 0;
};

std::size_t carve_all(ActivationBuffers& a, const ModelConfig& c, int tokens, int parts,
                      std::byte* block) {
  const int widest = std::max({c.hidden, c.q_dim(), c.ffn});
  Carver carver(block);
  carver.carve(a.x, tokens, c.hidden);
  carver.carve(a.h, tokens, c.hidden);
  carver.carve(a.y, tokens, c.hidden);
  carver.carve(a.q, tokens, c.q_dim());
  carver.carve(a.k, tokens, c.kv_dim());
  carver.carve(a.v, tokens, c.kv_dim());
  carver.carve(a.attn, tokens, c.q_dim());
  carver.carve(a.gate, tokens, c.ffn);
  carver.carve(a.up, tokens, c.ffn);
  carver.carve(a.cos, tokens, c.rope_dim / 2);
  carver.carve(a.sin, tokens, c.rope_dim / 2);
  a.widest_blocks = widest / kernels::kActivationBlock;
  carver.carve(a.blocks, tokens, a.widest_blocks);
  carver.carve(a.outliers, tokens, a.widest_blocks);
  carver.carve(a.groups, tokens, a.widest_groups());
  carver.carve(a.marks, tokens / kernels::kPanelTokens + parts, a.widest_blocks);
  carver.carve(a.ranges, tokens, a.widest_blocks);
  return carver.used();
}

}  // namespace

base::Result<ActivationBuffers> ActivationBuffers::allocate(const ModelConfig& config,
                                                            int max_tokens, int parts) {
  ActivationBuffers buffers;
  constexpr std::size_t kHugePage = std::size_t{2} << 20;
  const std::size_t used = carve_all(buffers, config, max_tokens, parts, nullptr);
  const std::size_t bytes = (used + kHugePage - 1) / kHugePage * kHugePage;
  buffers.memory_.reset(std::aligned_alloc(kHugePage, bytes));
  if (buffers.memory_ == nullptr) {
    return base::Error{base::ErrorCode::kIo,
                       "cannot allocate " + std::to_string(bytes) + " bytes for the activations",
                       "max_batch_tokens"};
  }
  // Only what passes use becomes memory, and in huge pages their first use is a few faults. Where
  // the system has none to give, nothing is lost.
  ::madvise(buffers.memory_.get(), bytes, MADV_HUGEPAGE);
  carve_all(buffers, config, max_tokens, parts, static_cast<std::byte*>(buffers.memory_.get()));
  return buffers;
}

}  // namespace cromwell::model
