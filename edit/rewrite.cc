#include "edit/rewrite.h"

namespace cromwell::edit {

base::Result<Prompt> Rewrite::render(const PromptInput& input, const PromptModel& model) const {
  const Question question = write_question(input, {.title = "The lines to change"});
  std::string what = "the same code";
  if (!input.all.empty()) what.append(" of ").append(input.file);
  return open_fence(question, introduce(what, question.instruction), input.region.shown, model);
}

}  // namespace cromwell::edit
