#include "base/mapped_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <system_error>

namespace cromwell::base {
namespace {

// What the signal handler may touch: a fixed table of lock-free atomics.
struct GuardSlot {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> begin{0};  // 0 while the slot guards nothing
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> faulted{false};
};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

std::array<GuardSlot, MappedFile::kMaxMappings> guard_slots;
std::uintptr_t page_size = 4096;
struct sigaction previous_action;

GuardSlot* slot_of(std::uintptr_t address) {
  for (GuardSlot& slot : guard_slots) {
    const std::uintptr_t begin = slot.begin.load(std::memory_order_acquire);
    if (begin != 0 && address >= begin && address < slot.end.load(std::memory_order_acquire)) {
      return &slot;
    }
  }
  return nullptr;
}

// Replaces the mapping from the faulting page to its end by zeros: what lies behind a truncation is
// gone too, and one fault then stands for thousands. mmap is a plain system call on Linux, hence
// safe in a signal handler. The faulting instruction runs again on return.
bool map_zeros(std::uintptr_t address) {
  GuardSlot* slot = slot_of(address);
  if (slot == nullptr) return false;
  const std::uintptr_t page = address & ~(page_size - 1);
  const std::uintptr_t end = slot->end.load(std::memory_order_acquire);
  slot->faulted.store(true, std::memory_order_release);
  return ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

void on_sigbus(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  // A signal that a process sent (si_code <= 0) carries no address.
  const bool mended =
      info->si_code > 0 && map_zeros(reinterpret_cast<std::uintptr_t>(info->si_addr));
  errno = saved_errno;
  if (mended) return;
  // Not ours: what was installed before us decides; the default action is to die of it.
  if ((previous_action.sa_flags & SA_SIGINFO) != 0 && previous_action.sa_sigaction != nullptr) {
    previous_action.sa_sigaction(signal, info, context);
  } else if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN) {
    previous_action.sa_handler(signal);
  } else {
    ::sigaction(SIGBUS, &previous_action, nullptr);
    ::raise(SIGBUS);  // blocked until we return
  }
}

void install_guard() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action {};
    action.sa_sigaction = on_sigbus;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &previous_action);
  });
}

// -1 if every slot is taken.
int guard(const std::byte* data, std::size_t size) {
  install_guard();
  for (std::size_t i = 0; i < guard_slots.size(); ++i) {
    GuardSlot& slot = guard_slots[i];
    if (slot.taken.exchange(true, std::memory_order_acq_rel)) continue;
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    slot.faulted.store(false, std::memory_order_relaxed);
    slot.end.store((begin + size + page_size - 1) & ~(page_size - 1), std::memory_order_release);
    slot.begin.store(begin, std::memory_order_release);
    return static_cast<int>(i);
  }
  return -1;
}

Error io_error(const std::string& path, const char* what) {
  const int error = errno;
  return Error{ErrorCode::kIo, path + ": " + what + ": " + std::generic_category().message(error),
               path};
}

}  // namespace

Result<std::unique_ptr<MappedFile>> MappedFile::open(const std::string& path) {
  std::unique_ptr<MappedFile> file(new MappedFile);
  file->path_ = path;
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  file->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file->fd_ < 0) return io_error(path, "cannot open");
  struct stat status {};
  if (::fstat(file->fd_, &status) != 0) return io_error(path, "cannot read its status");
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::kBadModel, path + ": is not a regular file", path};
  }
  if (status.st_size == 0) return Error{ErrorCode::kBadModel, path + ": is empty", path};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->fd_, 0);
  if (data == MAP_FAILED) return io_error(path, "cannot map");
  file->data_ = static_cast<const std::byte*>(data);
  file->size_ = size;
  file->modified_ = status.st_mtim;
  file->guard_slot_ = guard(file->data_, size);
  if (file->guard_slot_ < 0) {
    return Error{ErrorCode::kIo,
                 path + ": more than " + std::to_string(kMaxMappings) + " files mapped", path};
  }
  return file;
}

MappedFile::~MappedFile() {
  if (guard_slot_ >= 0) {
    GuardSlot& slot = guard_slots[static_cast<std::size_t>(guard_slot_)];
    slot.begin.store(0, std::memory_order_release);
    slot.taken.store(false, std::memory_order_release);
  }
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  if (fd_ >= 0) ::close(fd_);
}

bool MappedFile::intact() const {
  if (guard_slots[static_cast<std::size_t>(guard_slot_)].faulted.load(std::memory_order_acquire)) {
    return false;
  }
  struct stat status {};
  return ::fstat(fd_, &status) == 0 && status.st_size == static_cast<off_t>(size_) &&
         status.st_mtim.tv_sec == modified_.tv_sec && status.st_mtim.tv_nsec == modified_.tv_nsec;
}

}  // namespace cromwell::base
