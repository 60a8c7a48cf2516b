// ResidentPages: brings mapped bytes into memory while their user already works. A thread reads
// them ahead and enters them into the page table, so that the first pass over the weights neither
// waits for the disk page by page nor takes a page fault for each few of them. The bytes stay
// mapped for as long as the object lives. Made and destroyed on any one thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <thread>

#include "base/result.h"

namespace cromwell::base {

class ResidentPages {
 public:
  explicit ResidentPages(std::span<const std::byte> bytes);
  ~ResidentPages();  // waits for at most one piece
  ResidentPages(const ResidentPages&) = delete;
  ResidentPages& operator=(const ResidentPages&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Enters mapped bytes into the page table, all at once; what cannot be read is left out.
void populate_pages(std::span<const std::byte> bytes);
// Gives back the memory of the pages that lie wholly within mapped bytes; reading them again brings
// them back.
void release_pages(std::span<const std::byte> bytes);

// Keeps `bytes` in memory from when each page is first read until they are unmapped. kIo, with the
// limit that would have to be raised, where the kernel refuses.
Result<> lock_in_memory(std::span<const std::byte> bytes);

}  // namespace cromwell::base
