#include "edit/prompt_text.h"

#include <algorithm>

#include "edit/language.h"
#include "edit/lines.h"

namespace cromwell::edit {
namespace {

void put_code(std::string_view code, const std::string& fence, std::string_view language,
              std::string& text) {
  text.append(fence).append(language).append("\n").append(code).append(fence).append("\n\n");
}

void quote(const PromptNote& note, const std::string& fence, std::string_view language,
           std::string& text) {
  put_code(note.text, fence, language, text.append(note.title).append(":\n"));
}

// `title` where something stands before the region, or `always`.
void show_region(const PromptRegion& shown, const std::string& title, bool always,
                 const std::string& fence, std::string& text) {
  const std::string_view language = language_of(shown.file).fence;
  if (!shown.surroundings.empty()) {
    quote({"A part of " + std::string(shown.file), std::string(shown.surroundings)}, fence,
          language, text);
  }
  if (!text.empty() || always) text.append(title).append(":\n");
  put_code(shown.region->shown, fence, language, text);
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

std::vector<PromptRegion> regions_of(const PromptInput& input) {
  if (!input.all.empty()) return input.all;
  return {{.file = input.file, .region = &input.region, .surroundings = input.surroundings}};
}

// What comes before the instruction's own notes must not depend on them: its fence is chosen
// without them.
Question write_question(const PromptInput& input, const QuestionWords& words) {
  const std::vector<PromptRegion> regions = regions_of(input);
  std::vector<std::string_view> texts;
  bool prose = false;
  for (const PromptRegion& one : regions) {
    texts.insert(texts.end(), {one.region->shown, one.surroundings});
    prose = prose || language_of(one.file).prose;
  }
  for (const PromptNote& note : input.notes) texts.push_back(note.text);
  const std::string fence = fence_around(texts, prose);
  const std::string_view language = language_of(regions.front().file).fence;

  Question question{.text = {}, .instruction = as_sentence(input.instruction)};
  question.answered = input.answered;
  question.is_prose = prose;
  std::string& text = question.text;
  for (const PromptNote& note : input.notes) quote(note, fence, language, text);
  for (const PromptRegion& one : regions) {
    const bool several = !input.all.empty();
    const std::string title = several ? words.title_of_each + std::string(one.file) : words.title;
    show_region(one, title, several || words.always_titled, fence, text);
  }
  if (!words.form.empty()) text += words.form + "\n\n";

  for (const PromptNote& note : input.instruction_notes) texts.push_back(note.text);
  question.fence = fence_around(texts, prose);
  question.open = question.fence + std::string(language_of(input.file).fence);
  for (const PromptNote& note : input.instruction_notes) {
    quote(note, question.fence, language, text);
  }
  text += question.instruction;
  return question;
}

std::optional<tokenizer::TokenId> end_of_answer(const tokenizer::Tokenizer& tokenizer) {
  const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
  return vocabulary.eot ? vocabulary.eot : vocabulary.eos;
}

// No system message of ours: the template's own is what the model was tuned on.
base::Result<Prompt> ask(const Question& question, const std::string& begins,
                         const PromptModel& model) {
  Prompt prompt;
  CROMWELL_ASSIGN(prompt.ids,
                  model.chat_template.render_ids({{.role = "user", .content = question.text}}, true,
                                                 model.tokenizer));
  TokenIds& ids = prompt.ids;
  prompt.answer_begins = ids.size();
  ids.insert(ids.end(), question.answered.begin(), question.answered.end());
  const bool continues = !ids.empty() && !model.tokenizer.is_special(ids.back());
  const auto more = model.tokenizer.encode(begins, {.continues = continues}).ids;
  ids.insert(ids.end(), more.begin(), more.end());
  return prompt;
}

}  // namespace cromwell::edit
