// KvPages: the memory of all keys and values, in pages of kPageTokens positions. Address space is
// reserved at once and becomes memory as pages are first written. Which page belongs to whom is the
// engine's business. Not synchronised: the model's workers write disjoint positions.
//
// Of kPageRun pages with numbers that follow each other, the blocks of one head lie side by side:
// attention reads a segment at a time, and one stretch of memory is read faster than four far apart
// (docs/performance.md).
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "kernels/kernels.h"
#include "model/batch.h"
#include "model/config.h"

namespace cromwell::model {

static_assert(kPageRun * kPageTokens == kernels::kKvSegment);

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
    return block(page, block_index(layer, kv_head, 0));
  }
  std::byte* values(PageId page, int layer, int kv_head) const {
    return block(page, block_index(layer, kv_head, 1));
  }

  void copy(PageId from, PageId to);
  // A page's blocks in a row. [layers, kv_heads, K and V, block_bytes]
  void read(PageId page, std::span<std::byte> to) const;
  void write(PageId page, std::span<const std::byte> from);

 private:
  KvPages() = default;

  std::size_t block_index(int layer, int kv_head, std::size_t which) const {
    return (static_cast<std::size_t>(layer) * kv_heads_ + static_cast<std::size_t>(kv_head)) * 2 +
           which;
  }
  std::byte* block(PageId page, std::size_t index) const {
    const PageId first = page / kPageRun * kPageRun;
    const int run = count_ - first < kPageRun ? count_ - first : kPageRun;
    const auto place =
        index * static_cast<std::size_t>(run) + static_cast<std::size_t>(page - first);
    return data_ + static_cast<std::size_t>(first) * page_bytes_ + place * block_bytes_;
  }
  std::size_t blocks() const { return page_bytes_ / block_bytes_; }  // of a page

  std::byte* data_ = nullptr;  // [runs, layers, kv_heads, K and V, pages of the run, block_bytes]
  int count_ = 0;
  kernels::KvType type_ = kernels::KvType::kF16;
  std::size_t kv_heads_ = 0;
  std::size_t block_bytes_ = 0;
  std::size_t page_bytes_ = 0;
};

}  // namespace cromwell::model
