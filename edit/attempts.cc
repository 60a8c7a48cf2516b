#include "edit/attempts.h"

#include <algorithm>
#include <utility>

namespace cromwell::edit {

void Attempts::started(const engine::Started& started) {
  usage_.prompt_tokens = started.prompt_tokens;
  usage_.cached_tokens = started.cached_tokens;
}

void Attempts::add(std::size_t index, const engine::ScoredToken& token) {
  Attempt& attempt = all_[index];
  attempt.ids.push_back(token.id);
  attempt.logprob_sum += static_cast<double>(token.logprob);
}

void Attempts::finish(std::size_t index, engine::Finished&& finished) {
  engine::add(usage_, finished.usage);
  engine::add(timings_, finished.timings);
  if (index == 0) {
    timings_.queue_ms = finished.timings.queue_ms;
    timings_.prompt_ms = finished.timings.prompt_ms;
  }
  all_[index].finished = std::move(finished);
}

bool Attempts::all_finished() const {
  return std::all_of(all_.begin(), all_.end(),
                     [](const Attempt& one) { return one.finished.has_value(); });
}

const std::vector<Attempt>& Attempts::likeliest_first() {
  std::stable_sort(all_.begin(), all_.end(), [](const Attempt& a, const Attempt& b) {
    return a.mean_logprob() > b.mean_logprob();
  });
  return all_;
}

}  // namespace cromwell::edit
