// GenerationLink: what a Generation handle and the engine share about one generation.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace cromwell::engine {

class Mailbox;

struct GenerationLink {
  std::shared_ptr<Mailbox> mailbox;
  std::uint64_t id = 0;  // ascending in the order of submission
  std::atomic<bool> cancelled{false};
};

}  // namespace cromwell::engine
