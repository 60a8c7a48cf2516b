// A row of logits as the engine gets it from a model.
#pragma once

#include <vector>

#include "engine/softmax.h"
#include "tests/fakes/summarize.h"

namespace cromwell::engine {

inline LogitRow row_of(const std::vector<float>& logits) {
  return {.logits = logits, .summary = fakes::summarize(logits)};
}

}  // namespace cromwell::engine
