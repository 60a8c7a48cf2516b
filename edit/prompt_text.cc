#include "edit/prompt_text.h"

#include <algorithm>

#include "edit/language.h"
#include "edit/lines.h"

namespace cromwell::edit {
namespace {

void quote(const PromptNote& note, const std::string& open, const std::string& fence,
           std::string& text) {
  text.append(note.title).append(":\n").append(open).append("\n");
  text.append(note.text).append(fence).append("\n\n");
}

}  // namespace

std::string fence_around(const std::vector<std::string_view>& texts, bool prose) {
  std::size_t longest = prose ? 3 : 2;
  for (std::string_view text : texts) {
    std::size_t run = 0;
    for (char c : text) {
      run = c == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return std::string(longest + 1, '`');
}

std::string_view without_blank_ends(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

std::string as_sentence(std::string_view instruction) {
  std::string sentence(without_blank_ends(instruction));
  if (!sentence.empty() && std::string_view(".!?:;`)").find(sentence.back()) == std::string::npos) {
    sentence += '.';
  }
  return sentence;
}

// What comes before the instruction's own notes must not depend on them: its fence is chosen
// without them.
Question write_question(const PromptInput& input, const QuestionWords& words) {
  const Language language = language_of(input.file);
  std::vector<std::string_view> texts = {input.region.shown, input.surroundings};
  for (const PromptNote& note : input.notes) texts.push_back(note.text);
  const std::string fence = fence_around(texts, language.prose);
  const std::string open = fence + std::string(language.fence);

  Question question{.text = {}, .instruction = as_sentence(input.instruction)};
  std::string& text = question.text;
  for (const PromptNote& note : input.notes) quote(note, open, fence, text);
  if (!input.surroundings.empty()) {
    quote({"A part of " + std::string(input.file), std::string(input.surroundings)}, open, fence,
          text);
  }
  if (!text.empty() || words.always_titled) text += words.title + ":\n";
  text += open + "\n" + input.region.shown + fence + "\n\n";
  if (!words.form.empty()) text += words.form + "\n\n";

  for (const PromptNote& note : input.instruction_notes) texts.push_back(note.text);
  question.fence = fence_around(texts, language.prose);
  question.open = question.fence + std::string(language.fence);
  for (const PromptNote& note : input.instruction_notes) {
    quote(note, question.open, question.fence, text);
  }
  text += question.instruction;
  return question;
}

// No system message of ours: the template's own is what the model was tuned on.
base::Result<std::vector<tokenizer::TokenId>> ask(const std::string& question,
                                                  const std::string& answer_begins,
                                                  const PromptModel& model) {
  CROMWELL_ASSIGN(std::vector<tokenizer::TokenId> ids,
                  model.chat_template.render_ids({{.role = "user", .content = question}}, true,
                                                 model.tokenizer));
  const bool continues = !ids.empty() && !model.tokenizer.is_special(ids.back());
  const auto begins = model.tokenizer.encode(answer_begins, {.continues = continues}).ids;
  ids.insert(ids.end(), begins.begin(), begins.end());
  return ids;
}

}  // namespace cromwell::edit
