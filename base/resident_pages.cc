#include "base/resident_pages.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

namespace cromwell::base {
namespace {

constexpr std::size_t kPiece = std::size_t{8} << 20;  // between two looks at stop_

// The whole pages that hold `bytes`.
std::span<std::byte> pages_of(std::span<const std::byte> bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data()) & ~(page - 1);
  const auto end = reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size();
  return {reinterpret_cast<std::byte*>(begin), end - begin};
}

// A file that was truncated makes this fail, not raise SIGBUS. Kernels before 5.14 lack it.
bool populate(std::span<std::byte> pages) {
#ifdef MADV_POPULATE_READ
  return ::madvise(pages.data(), pages.size(), MADV_POPULATE_READ) == 0;
#else
  static_cast<void>(pages);
  return false;
#endif
}

std::string mebibytes(std::size_t bytes) { return std::to_string((bytes + (1 << 20) - 1) >> 20); }

}  // namespace

ResidentPages::ResidentPages(std::span<const std::byte> bytes) {
  const auto work = [this, pages = pages_of(bytes)] {
    ::madvise(pages.data(), pages.size(), MADV_WILLNEED);
    for (std::size_t at = 0; at < pages.size() && !stop_; at += kPiece) {
      if (!populate(pages.subspan(at, std::min(kPiece, pages.size() - at)))) return;
    }
  };
  try {
    thread_ = std::thread(work);
  } catch (const std::system_error&) {
    // The process may have no more threads: the first pass will read what it needs.
  }
}

ResidentPages::~ResidentPages() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void populate_pages(std::span<const std::byte> bytes) { populate(pages_of(bytes)); }

void release_pages(std::span<const std::byte> bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<std::uintptr_t>(bytes.data()) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(bytes.data()) + bytes.size()) & ~(page - 1);
  if (begin >= end) return;
  auto* const memory = reinterpret_cast<std::byte*>(begin);
  ::munlock(memory, end - begin);
  ::madvise(memory, end - begin, MADV_DONTNEED);
}

Result<> lock_in_memory(std::span<const std::byte> bytes) {
  const std::span<std::byte> pages = pages_of(bytes);
  if (::mlock2(pages.data(), pages.size(), MLOCK_ONFAULT) == 0) return {};
  const int error = errno;
  std::string text = "cannot lock the model's " + mebibytes(pages.size()) +
                     " MiB in memory: " + std::generic_category().message(error);
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < pages.size()) {
    text += "; this process may lock " + mebibytes(limit.rlim_cur) +
            " MiB: raise the limit (ulimit -l, or LimitMEMLOCK= of a service) or leave out --mlock";
  }
  return Error{ErrorCode::kIo, text, "mlock"};
}

}  // namespace cromwell::base
