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
  int vocab_size = 0;    // what a fork's sampling is checked against
  std::atomic<bool> cancelled{false};
  std::atomic<bool> rewinds{false};  // a rewind is on its way: tokens from here on are for nothing
};

}  // namespace cromwell::engine
