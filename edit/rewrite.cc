#include "edit/rewrite.h"

namespace cromwell::edit {

base::Result<Prompt> Rewrite::render(const PromptInput& input, const PromptModel& model) const {
  const Question question = write_question(input, {.title = "The lines to change"});
  return open_fence(question, introduce("the same code", question.instruction), input.region.shown,
                    model);
}

}  // namespace cromwell::edit
