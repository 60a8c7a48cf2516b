// KvPages: the memory of all keys and values, in pages of kPageTokens positions. Address space is
// reserved at once and becomes memory as pages are first written. Which page belongs to whom is the
// engine's business. Not synchronised: the model's workers write disjoint positions.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "kernels/kernels.h"
#include "model/batch.h"
#include "model/config.h"

namespace cromwell::model {

using kernels::KvType;

class KvPages {
 public:
  // As many pages as fit in `memory_bytes`; an error if that is not even one.
  static base::Result<KvPages> reserve(const ModelConfig& config, kernels::KvType type,
                                       std::size_t memory_bytes);
  KvPages(KvPages&& other) noexcept;
  KvPages& operator=(KvPages&&) = delete;
  ~KvPages();

  int count() const { return count_; }
  kernels::KvType type() const { return type_; }
  std::size_t page_bytes() const { return page_bytes_; }

  // One head's keys or values in a page, as kernels/kv_block.h lays them out.
  std::byte* keys(PageId page, int layer, int kv_head) const {
    return block(page, layer, 0, kv_head);
  }
  std::byte* values(PageId page, int layer, int kv_head) const {
    return block(page, layer, 1, kv_head);
  }

  void copy(PageId from, PageId to);

 private:
  KvPages() = default;
  std::byte* block(PageId page, int layer, int which, int kv_head) const {
    const auto index =
        (static_cast<std::size_t>(layer) * kv_heads_ + static_cast<std::size_t>(kv_head)) * 2 +
        static_cast<std::size_t>(which);
    return data_ + static_cast<std::size_t>(page) * page_bytes_ + index * block_bytes_;
  }

  std::byte* data_ = nullptr;  // [count, layers, kv_heads, K and V, block_bytes]
  int count_ = 0;
  kernels::KvType type_ = kernels::KvType::kF16;
  std::size_t kv_heads_ = 0;
  std::size_t block_bytes_ = 0;
  std::size_t page_bytes_ = 0;
};

}  // namespace cromwell::model
