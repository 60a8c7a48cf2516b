#include "model/kv_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace cromwell::model {
namespace {

constexpr std::size_t kMaxPages = 1 << 24;

}  // namespace

base::Result<KvPages> KvPages::reserve(const ModelConfig& config, kernels::KvType type,
                                       std::size_t memory_bytes) {
  KvPages pages;
  pages.type_ = type;
  pages.kv_heads_ = static_cast<std::size_t>(config.kv_heads);
  pages.block_bytes_ = kernels::kv_block_bytes(type, config.head_dim);
  pages.page_bytes_ =
      static_cast<std::size_t>(config.layers) * 2 * pages.kv_heads_ * pages.block_bytes_;
  const std::size_t count = std::min(memory_bytes / pages.page_bytes(), kMaxPages);
  if (count == 0) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "KV memory of " + std::to_string(memory_bytes) +
                           " bytes holds no page, expected at least " +
                           std::to_string(pages.page_bytes()) + " bytes (" +
                           std::to_string(kPageTokens) + " positions)",
                       "kv_memory"};
  }
  void* data = ::mmap(nullptr, count * pages.page_bytes(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    return base::Error{base::ErrorCode::kIo,
                       "cannot reserve " + std::to_string(count * pages.page_bytes()) +
                           " bytes of KV memory: " + std::generic_category().message(errno),
                       "kv_memory"};
  }
  // Attention goes through all pages for each token: with 4 KiB pages it waits for translations.
  // Where the system has no huge pages to give, nothing is lost.
  (void)::madvise(data, count * pages.page_bytes(), MADV_HUGEPAGE);
  pages.data_ = static_cast<std::byte*>(data);
  pages.count_ = static_cast<int>(count);
  return pages;
}

KvPages::KvPages(KvPages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      count_(std::exchange(other.count_, 0)),
      type_(other.type_),
      kv_heads_(other.kv_heads_),
      block_bytes_(other.block_bytes_),
      page_bytes_(other.page_bytes_) {}

KvPages::~KvPages() {
  if (data_ != nullptr) ::munmap(data_, static_cast<std::size_t>(count_) * page_bytes());
}

void KvPages::copy(PageId from, PageId to) {
  assert(from >= 0 && from < count_ && to >= 0 && to < count_);
  for (std::size_t i = 0; i < blocks(); ++i) {
    std::memcpy(block(to, i), block(from, i), block_bytes_);
  }
}

void KvPages::read(PageId page, std::span<std::byte> to) const {
  assert(page >= 0 && page < count_ && to.size() == page_bytes_);
  for (std::size_t i = 0; i < blocks(); ++i) {
    std::memcpy(to.data() + i * block_bytes_, block(page, i), block_bytes_);
  }
}

void KvPages::write(PageId page, std::span<const std::byte> from) {
  assert(page >= 0 && page < count_ && from.size() == page_bytes_);
  for (std::size_t i = 0; i < blocks(); ++i) {
    std::memcpy(block(page, i), from.data() + i * block_bytes_, block_bytes_);
  }
}

}  // namespace cromwell::model
