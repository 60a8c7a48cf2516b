#include "edit/whole.h"

#include "edit/fenced_answer.h"

namespace cromwell::edit {

base::Result<Prompt> Whole::render(const PromptInput& input, const PromptModel& model) const {
  const std::string file(input.file);
  const Question question = write_question(
      input, {.title = "The file " + file,
              .always_titled = true,
              .form = "Write the whole file again, every line of it, and leave nothing out."});
  return open_fence(question, introduce("the whole of " + file, question.instruction),
                    input.region.shown, model);
}

base::Result<TokenIds> Whole::answer_for(const Prompt& prompt, std::string_view shown,
                                         const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode(in_fence(prompt, shown), {.continues = true}).ids;
}

std::optional<std::size_t> Whole::region_begins(const Prompt& prompt,
                                                std::string_view answer) const {
  return fenced_begins(prompt, answer);
}

base::Result<std::string> Whole::parse(const Prompt& prompt, const Answer& answer,
                                       const tokenizer::Tokenizer& /*tokenizer*/) const {
  return read_fenced(prompt, answer.text);
}

}  // namespace cromwell::edit
