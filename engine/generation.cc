#include "engine/generation.h"

#include <algorithm>

namespace cromwell::engine {

void add(Usage& sum, const Usage& other) {
  sum.completion_tokens += other.completion_tokens;
  sum.draft_tokens += other.draft_tokens;
  sum.accepted_tokens += other.accepted_tokens;
  sum.model_draft_tokens += other.model_draft_tokens;
  sum.model_accepted_tokens += other.model_accepted_tokens;
}

void add(Timings& sum, const Timings& other) {
  sum.answers += other.answers;
  sum.predict_ms = std::max(sum.predict_ms, other.predict_ms);
  sum.decode_ms += other.decode_ms;
  sum.plain_ms += other.plain_ms;
}

}  // namespace cromwell::engine
