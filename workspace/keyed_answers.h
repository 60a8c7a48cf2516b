// Answers kept under a client's key (Idempotency-Key), so that a request that is sent again gets
// the same one and nothing is done twice. They lie in the edit's state, so that the answer and what
// it says become durable in one write. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/edit_record.h"

namespace cromwell::workspace {

struct KeyedAnswer {
  std::string key;      // the client's; empty: the request may not be repeated
  std::string request;  // what was asked under it
  Applied applied;
};

inline constexpr std::size_t kMaxKeyedAnswers = 16;  // that one edit remembers: the latest

// The answer that was given to this request before, if it was; kConflict if the key was used for
// another one.
base::Result<std::optional<Applied>> answer_of(const std::vector<KeyedAnswer>& answers,
                                               const KeyedAnswer& asked);
// Adds `asked` with its answer, if it has a key.
void keep_answer(std::vector<KeyedAnswer>& answers, KeyedAnswer asked, const Applied& applied);

}  // namespace cromwell::workspace
