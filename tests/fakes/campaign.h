// How much a test that repeats itself does: a little under ctest, what is judged in a campaign
// (deploy/campaign, which sets CROMWELL_CAMPAIGN).
#pragma once

#include <cstdlib>

namespace cromwell::tests {

inline int campaign_size(int small, int full) {
  return std::getenv("CROMWELL_CAMPAIGN") != nullptr ? full : small;
}

}  // namespace cromwell::tests
