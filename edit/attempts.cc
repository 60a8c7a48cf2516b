#include "edit/attempts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "edit/lines.h"
#include "workspace/diff.h"

namespace cromwell::edit {
namespace {

struct Bytes {
  std::size_t begin, end;
};

// Where in `text`, from `begin` on, stand the lines that `old_text` has not.
std::vector<Bytes> new_bytes(std::string_view text, std::size_t begin, std::string_view old_text) {
  std::string lines(text.substr(begin));
  if (!lines.ends_with('\n')) lines += '\n';
  std::vector<std::size_t> starts{begin};
  for (std::size_t at = lines.find('\n'); at != std::string::npos; at = lines.find('\n', at + 1)) {
    starts.push_back(begin + at + 1);
  }
  std::vector<Bytes> found;
  const auto changes = workspace::line_changes(old_text, lines);
  if (!changes) return found;
  for (const workspace::LineChange& change : *changes) {
    const auto first = static_cast<std::size_t>(change.new_begin);
    const std::size_t start = starts[std::min(first, starts.size() - 1)];
    const std::size_t last = first + static_cast<std::size_t>(change.new_count);
    found.push_back(
        {start, change.new_count == 0 ? start + 1 : starts[std::min(last, starts.size() - 1)]});
  }
  return found;
}

}  // namespace

void Attempt::add(const engine::ScoredToken& token, std::string_view token_text) {
  text += token_text;
  ids.push_back(token.id);
  logprobs.push_back(token.logprob);
  ends.push_back(text.size());
}

void Attempt::rewind_to(std::size_t tokens) {
  text.resize(tokens == 0 ? 0 : ends[tokens - 1]);
  ids.resize(tokens);
  logprobs.resize(tokens);
  ends.resize(tokens);
}

std::size_t Attempt::tokens_within(std::size_t bytes) const {
  return static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), bytes) - ends.begin());
}

double Attempt::mean_logprob() const {
  if (logprobs.empty()) return 0;
  return std::accumulate(logprobs.begin(), logprobs.end(), 0.0) /
         static_cast<double>(logprobs.size());
}

float confidence_of(const Attempt& attempt, std::optional<std::size_t> begin,
                    std::string_view old_text) {
  double sum = 0;
  int count = 0;
  if (begin && *begin <= attempt.text.size()) {
    const std::vector<Bytes> found = new_bytes(attempt.text, *begin, old_text);
    auto next = found.begin();
    std::size_t start = 0;
    for (std::size_t i = 0; i < attempt.ends.size(); start = attempt.ends[i++]) {
      while (next != found.end() && next->end <= start) ++next;
      if (next == found.end()) break;
      if (attempt.ends[i] <= next->begin) continue;
      sum += static_cast<double>(attempt.logprobs[i]);
      ++count;
    }
  }
  return static_cast<float>(std::exp(count > 0 ? sum / count : attempt.mean_logprob()));
}

void Attempts::restart(int candidates) {
  usage_before_ = usage();
  timings_before_ = timings();
  usage_ = {};
  timings_ = {};
  all_.assign(static_cast<std::size_t>(candidates), {});
}

// The prompt and its times are the first's, which computed it for all.
void Attempts::started(std::size_t index, const engine::Started& started) {
  all_[index].seed = started.seed;
  if (index > 0) return;
  usage_.prompt_tokens = started.prompt_tokens;
  usage_.cached_tokens = started.cached_tokens;
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

engine::Usage Attempts::usage() const {
  engine::Usage sum = usage_;
  engine::add(sum, usage_before_);
  sum.prompt_tokens = usage_.prompt_tokens + usage_before_.prompt_tokens;
  sum.cached_tokens = usage_.cached_tokens + usage_before_.cached_tokens;
  return sum;
}

engine::Timings Attempts::timings() const {
  engine::Timings sum = timings_;
  engine::add(sum, timings_before_);
  sum.queue_ms = timings_.queue_ms + timings_before_.queue_ms;
  sum.prompt_ms = timings_.prompt_ms + timings_before_.prompt_ms;
  sum.predict_ms = timings_.predict_ms + timings_before_.predict_ms;
  return sum;
}

}  // namespace cromwell::edit
