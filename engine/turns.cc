#include "engine/turns.h"

#include <algorithm>

namespace cromwell::engine {
namespace {

// What a client spends counts so many times for itself: with so many clients at once a turn is
// exactly fair, and with fewer a client still comes after those who have had less.
constexpr std::uint64_t kClients = 16;

}  // namespace

std::uint64_t Turns::take(const std::string& client, std::uint64_t cost) {
  std::uint64_t& next = next_[client];
  const std::uint64_t turn = std::max(now_, next);
  next = turn + cost * kClients;
  return turn;
}

void Turns::give_back(const std::string& client, std::uint64_t cost) {
  const auto next = next_.find(client);
  if (next != next_.end()) next->second -= cost * kClients;
}

void Turns::started(std::uint64_t turn, std::uint64_t cost) {
  now_ = std::max(now_, turn);
  pass_time(cost);
}

std::uint64_t Turns::spent(const std::string& client, std::uint64_t cost) {
  std::uint64_t& next = next_[client];
  next = std::max(now_, next) + cost * kClients;
  pass_time(cost);
  return cost * kClients;
}

void Turns::pass_time(std::uint64_t cost) {
  now_ += cost;
  std::erase_if(next_, [this](const auto& client) { return client.second <= now_; });
}

}  // namespace cromwell::engine
