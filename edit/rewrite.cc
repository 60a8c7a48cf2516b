#include "edit/rewrite.h"

#include <algorithm>

#include "edit/language.h"
#include "edit/lines.h"

namespace cromwell::edit {
namespace {

constexpr std::size_t kMaxEchoedBytes = 200;  // a longer instruction is not said again

// A run of backticks longer than any in `texts`, so that none of them can close it. Markdown gets
// one more: there the answer may well hold a fence of its own.
std::string fence_around(std::initializer_list<std::string_view> texts, bool prose) {
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

// Trimmed, with a full stop where it ends without punctuation.
std::string as_sentence(std::string_view instruction) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = std::min(instruction.find_first_not_of(kSpace), instruction.size());
  instruction.remove_prefix(first);
  instruction = instruction.substr(0, instruction.find_last_not_of(kSpace) + 1);
  std::string sentence(instruction);
  if (!sentence.empty() && std::string_view(".!?:;`)").find(sentence.back()) == std::string::npos) {
    sentence += '.';
  }
  return sentence;
}

// How the assistant begins, before the fence.
std::string introduction(const std::string& instruction) {
  std::string text = "Here is the same code with only this change:";
  const bool one_line =
      instruction.find('\n') == std::string::npos && instruction.find("```") == std::string::npos;
  if (one_line && instruction.size() <= kMaxEchoedBytes) text += " " + instruction;
  return text + "\n\n";
}

base::Error no_fence(std::string_view answer) {
  return {
      .code = base::ErrorCode::kNoValidEdit,
      .message = "the model's answer was refused: expected a newline after the fence, found \"" +
                 std::string(answer.substr(0, 20)) + "\"; nothing changed"};
}

}  // namespace

// The order keeps what changes least in front: system, surroundings, region, instruction, opening.
// No system message of ours: the template's own is what the model was tuned on. The opening says
// the instruction again, which is what makes small models follow it.
base::Result<Prompt> Rewrite::render(const PromptInput& input, const PromptModel& model) const {
  const Language language = language_of(input.file);
  const std::string& shown = input.region.shown;
  std::string all_notes;
  for (const auto* notes : {&input.notes, &input.instruction_notes}) {
    for (const PromptNote& note : *notes) all_notes += note.text;
  }
  const std::string fence = fence_around({shown, input.surroundings, all_notes}, language.prose);
  const std::string open = fence + std::string(language.fence);
  const std::string instruction = as_sentence(input.instruction);
  const auto quote = [&](const std::vector<PromptNote>& notes) {
    std::string text;
    for (const PromptNote& note : notes) {
      text.append(note.title).append(":\n" + open + "\n" + note.text + fence + "\n\n");
    }
    return text;
  };

  std::string question = quote(input.notes);
  if (!input.surroundings.empty()) {
    question += "A part of " + std::string(input.file) + ":\n" + open + "\n";
    question.append(input.surroundings).append(fence + "\n\n");
  }
  if (!question.empty()) question += "The lines to change:\n";
  question += open + "\n" + shown + fence + "\n\n";
  question += quote(input.instruction_notes) + instruction;

  Prompt prompt;
  CROMWELL_ASSIGN(prompt.ids,
                  model.chat_template.render_ids({{.role = "user", .content = std::move(question)}},
                                                 true, model.tokenizer));
  // Where the region begins with spaces, the newline before them is part of a token that only the
  // model can choose.
  prompt.opening = open;
  if (shown.empty() || indent_of(shown).empty()) prompt.opening += '\n';
  const bool continues = !prompt.ids.empty() && !model.tokenizer.is_special(prompt.ids.back());
  const tokenizer::Encoding opening =
      model.tokenizer.encode(introduction(instruction) + prompt.opening, {.continues = continues});
  prompt.ids.insert(prompt.ids.end(), opening.ids.begin(), opening.ids.end());
  prompt.stop = {"\n" + fence};
  prompt.shown = shown;
  return prompt;
}

std::string Rewrite::draft(const Prompt& prompt, std::string_view shown) const {
  std::string text = prompt.opening.ends_with('\n') ? "" : "\n";
  return text.append(shown).append(prompt.stop.front().substr(1));  // ... and closes the fence
}

base::Result<std::string> Rewrite::parse(const Prompt& prompt, const Answer& answer) const {
  const std::string text = prompt.opening + std::string(answer.text);
  const std::string& closing = prompt.stop.front();
  const std::string_view fence_line =
      trim_right(std::string_view(prompt.opening)
                     .substr(0, std::min(prompt.opening.find('\n'), prompt.opening.size())));
  const std::size_t newline = std::min(text.find('\n'), text.size());
  if (trim_right(std::string_view(text).substr(0, newline)) != fence_line) {
    return no_fence(answer.text);
  }

  const std::size_t end = text.find(closing, newline);
  if (newline >= text.size() || end == newline) return std::string();
  std::string body = text.substr(newline + 1, end == std::string::npos ? end : end - newline - 1);
  if (!body.empty() && !body.ends_with('\n')) body += '\n';
  return body;
}

}  // namespace cromwell::edit
