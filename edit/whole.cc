#include "edit/whole.h"

namespace cromwell::edit {

base::Result<Prompt> Whole::render(const PromptInput& input, const PromptModel& model) const {
  const std::string file(input.file);
  const Question question = write_question(
      input, {.title = "The file " + file,
              .always_titled = true,
              .form = "Write the whole file again, every line of it, and leave nothing out.",
              .title_of_each = "The file "});
  return open_fence(question, introduce("the whole of " + file, question.instruction),
                    input.region.shown, model);
}

}  // namespace cromwell::edit
