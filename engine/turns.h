// Turns: in which order requests of the same priority start, so that who sends many does not keep
// the others waiting: start-time fair queueing (Goyal, Vin, Cheng 1996). A client's next request
// comes after the cost of its last one has been spent on the others too. Time goes on by the cost
// of each start, so that a request which waits comes before all that are sent late enough. A
// session is a client, with all that was forked from its requests, and so are all requests without
// one together. Engine thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace cromwell::engine {

class Turns {
 public:
  // The place of a request that costs so much; the smallest goes first, then the oldest.
  std::uint64_t take(const std::string& client, std::uint64_t cost);
  // A request that never started has cost nothing.
  void give_back(const std::string& client, std::uint64_t cost);
  void started(std::uint64_t turn, std::uint64_t cost);
  // What a client has cost beyond what was thought when it took its turn; returns by how much later
  // the turns are that it still has.
  std::uint64_t spent(const std::string& client, std::uint64_t cost);

  std::size_t clients() const { return next_.size(); }  // that have had more than others

 private:
  void pass_time(std::uint64_t cost);

  std::uint64_t now_ = 0;                                // no turn is before it any more
  std::unordered_map<std::string, std::uint64_t> next_;  // of clients that are ahead of it
};

}  // namespace cromwell::engine
