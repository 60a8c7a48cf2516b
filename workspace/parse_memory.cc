#include "workspace/parse_memory.h"

#include <malloc.h>
#include <tree_sitter/api.h>

#include <cassert>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace cromwell::workspace {
namespace {

thread_local ParseMemory* current = nullptr;

}  // namespace

// The runtime's allocator. A block that was allocated outside of any Use (a cursor's) is in no
// ring.
struct ParseAllocator {
  using Block = ParseMemory::Block;
  static_assert(sizeof(Block) % alignof(std::max_align_t) == 0);

  static Block* block_of(void* data) { return static_cast<Block*>(data) - 1; }

  static void require(std::size_t size) {
    if (size > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
    if (current != nullptr && current->used_bytes_ + size > current->limit_bytes_) {
      throw std::bad_alloc();
    }
  }
  static void* add(void* raw) {
    if (raw == nullptr) throw std::bad_alloc();
    auto* block = static_cast<Block*>(raw);
    block->previous = block->next = nullptr;
    if (current != nullptr) {
      Block& ring = current->blocks_;
      block->previous = &ring;
      block->next = ring.next;
      ring.next->previous = block;
      ring.next = block;
      current->used_bytes_ += ::malloc_usable_size(block);
    }
    return block + 1;
  }
  static void remove(Block* block) {
    if (block->next == nullptr) return;
    block->previous->next = block->next;
    block->next->previous = block->previous;
    if (current != nullptr) current->used_bytes_ -= ::malloc_usable_size(block);
  }

  static void* allocate(std::size_t size) {
    require(size);
    return add(std::malloc(sizeof(Block) + size));
  }
  static void* allocate_zeros(std::size_t items, std::size_t size) {
    if (size != 0 && items > std::numeric_limits<std::size_t>::max() / size) throw std::bad_alloc();
    void* data = allocate(items * size);
    std::memset(data, 0, items * size);
    return data;
  }
  static void* reallocate(void* data, std::size_t size) {
    if (data == nullptr) return allocate(size);
    require(size);  // both are there while one is copied to the other
    Block* const block = block_of(data);
    remove(block);
    void* moved = std::realloc(block, sizeof(Block) + size);
    if (moved == nullptr) add(block);
    return add(moved);
  }
  static void free(void* data) {
    if (data == nullptr) return;
    remove(block_of(data));
    std::free(block_of(data));
  }
};

ParseMemory::ParseMemory(std::size_t limit_bytes)
    : limit_bytes_(limit_bytes), blocks_{&blocks_, &blocks_} {
  static const bool installed = [] {
    ts_set_allocator(ParseAllocator::allocate, ParseAllocator::allocate_zeros,
                     ParseAllocator::reallocate, ParseAllocator::free);
    return true;
  }();
  static_cast<void>(installed);
}

ParseMemory::~ParseMemory() {
  assert(current != this);
  for (Block* block = blocks_.next; block != &blocks_;) {
    Block* const next = block->next;
    std::free(block);
    block = next;
  }
}

ParseMemory::Use::Use(ParseMemory& memory) {
  assert(current == nullptr);
  current = &memory;
}

ParseMemory::Use::~Use() { current = nullptr; }

}  // namespace cromwell::workspace
