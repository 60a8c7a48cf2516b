#include "edit/live_answer.h"

#include <utility>

namespace cromwell::edit {

LiveAnswer::News LiveAnswer::read(const Attempt& attempt) {
  News news{.hunks = watch_.read(attempt.text), .rewind_to = {}};
  hunks_.insert(hunks_.end(), news.hunks.begin(), news.hunks.end());
  if (!watch_.dead_end() || rewind_to_) return news;
  if (!detours_ || left_ == 0) {
    watch_.ignore_dead_end();
    return news;
  }
  --left_;
  const std::size_t tokens = attempt.tokens_within(*watch_.dead_end());
  rewind_to_ = news.rewind_to = static_cast<int>(tokens);
  detours_->forbid(*rewind_to_, attempt.ids[tokens]);
  return news;
}

void LiveAnswer::go_on(const Attempt& rewound) {
  rewind_to_.reset();
  watch_ = fresh_;
  hunks_ = watch_.read(rewound.text);
}

}  // namespace cromwell::edit
