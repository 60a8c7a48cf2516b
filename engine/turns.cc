#include "engine/turns.h"

#include <algorithm>

namespace cromwell::engine {

std::uint64_t Turns::take(const std::string& client, std::uint64_t cost) {
  std::uint64_t& next = next_[client];
  const std::uint64_t turn = std::max(now_, next);
  next = turn + cost;
  return turn;
}

void Turns::started(std::uint64_t turn) {
  if (turn <= now_) return;
  now_ = turn;
  std::erase_if(next_, [this](const auto& client) { return client.second <= now_; });
}

}  // namespace cromwell::engine
