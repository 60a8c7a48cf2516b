// Counts what this program allocates, in all threads: a pass of the model must allocate nothing.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "model/transformer.h"
#include "tests/fakes/tiny_gguf.h"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

// The nothrow and array forms call these. Not inlined: g++ would see free() without the malloc().
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  return counted(bytes, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace cromwell::model {
namespace {

TEST(Allocation, APassAllocatesNothing) {
  const fakes::TempFile file("allocation.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(file.path()));
  const auto gguf = GgufFile::open(file.path());
  ASSERT_TRUE(gguf) << gguf.error().message;
  const auto model = Transformer::create(
      *gguf, {.threads = 2, .kv_memory_bytes = std::size_t{16} << 20, .max_batch_tokens = 64});
  ASSERT_TRUE(model) << model.error().message;
  const std::vector<PageId> pages{0, 1, 2, 3};
  const std::span<const PageId> table(pages);
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  std::vector<BatchToken> tokens;
  tokens.reserve(64);
  const long before = allocations;
  int position = 0;
  for (const int length : {64, 1, 1, 7, 1}) {
    tokens.clear();
    for (int i = 0; i < length; ++i) {
      tokens.push_back({.position = position++, .token = i, .wants_logits = i + 1 == length});
    }
    ASSERT_TRUE((*model)->forward({.tokens = tokens, .page_tables = {&table, 1}}, logits.data()));
  }
  EXPECT_EQ(allocations, before);
}

TEST(Allocation, IsCounted) {
  const long before = allocations;
  const std::vector<int> values(3);
  EXPECT_EQ(allocations, before + 1);
}

}  // namespace
}  // namespace cromwell::model
