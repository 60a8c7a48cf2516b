#include "edit/rewrite.h"

#include "edit/fenced_answer.h"

namespace cromwell::edit {

base::Result<Prompt> Rewrite::render(const PromptInput& input, const PromptModel& model) const {
  const Question question = write_question(input, {.title = "The lines to change"});
  return open_fence(question, introduce("the same code", question.instruction), input.region.shown,
                    model);
}

base::Result<TokenIds> Rewrite::answer_for(const Prompt& prompt, std::string_view shown,
                                           const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode(in_fence(prompt, shown), {.continues = true}).ids;
}

std::optional<std::size_t> Rewrite::region_begins(const Prompt& prompt,
                                                  std::string_view answer) const {
  return fenced_begins(prompt, answer);
}

base::Result<std::string> Rewrite::parse(const Prompt& prompt, const Answer& answer,
                                         const tokenizer::Tokenizer& /*tokenizer*/) const {
  return read_fenced(prompt, answer.text);
}

}  // namespace cromwell::edit
