#include "workspace/keyed_answers.h"

namespace cromwell::workspace {

using base::Error;
using base::ErrorCode;

base::Result<std::optional<Applied>> answer_of(const std::vector<KeyedAnswer>& answers,
                                               const KeyedAnswer& asked) {
  if (asked.key.empty()) return std::optional<Applied>();
  for (const KeyedAnswer& answer : answers) {
    if (answer.key != asked.key) continue;
    if (answer.request == asked.request) return std::optional<Applied>(answer.applied);
    return Error{
        ErrorCode::kConflict,
        "Idempotency-Key: it was used for another request about this edit (" + answer.request + ")",
        "Idempotency-Key"};
  }
  return std::optional<Applied>();
}

void keep_answer(std::vector<KeyedAnswer>& answers, KeyedAnswer asked, const Applied& applied) {
  if (asked.key.empty()) return;
  if (answers.size() >= kMaxKeyedAnswers) answers.erase(answers.begin());
  asked.applied = applied;
  answers.push_back(std::move(asked));
}

}  // namespace cromwell::workspace
