#include "engine/detours.h"

#include <limits>

namespace cromwell::engine {

void Detours::mask(int place, std::span<float> logits) const {
  const auto found = forbidden_.find(place);
  if (found == forbidden_.end()) return;
  for (const TokenId token : found->second) {
    logits[static_cast<std::size_t>(token)] = -std::numeric_limits<float>::infinity();
  }
}

}  // namespace cromwell::engine
