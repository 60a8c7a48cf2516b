#include "edit/fenced_answer.h"

#include <algorithm>
#include <utility>

#include "edit/lines.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

constexpr std::size_t kMaxEchoedBytes = 200;  // a longer instruction is not said again

}  // namespace

base::Result<Prompt> open_fence(const Question& question, const std::string& introduction,
                                std::string_view shown, const PromptModel& model) {
  Prompt prompt;
  // Where the text begins with spaces, the newline before them is part of a token that only the
  // model can choose.
  prompt.opening = question.open;
  if (shown.empty() || indent_of(shown).empty()) prompt.opening += '\n';
  CROMWELL_ASSIGN(prompt.ids, ask(question.text, introduction + prompt.opening, model));
  prompt.stop = {"\n" + question.fence};
  prompt.shown = shown;
  return prompt;
}

std::string introduce(std::string_view what, const std::string& instruction) {
  std::string text = "Here is " + std::string(what) + " with only this change:";
  const bool one_line =
      instruction.find('\n') == std::string::npos && instruction.find("```") == std::string::npos;
  if (one_line && instruction.size() <= kMaxEchoedBytes) text += " " + instruction;
  return text + "\n\n";
}

std::string in_fence(const Prompt& prompt, std::string_view text) {
  std::string answer = prompt.opening.ends_with('\n') ? "" : "\n";
  return answer.append(text).append(prompt.stop.front().substr(1));
}

base::Result<std::string> read_fenced(const Prompt& prompt, std::string_view answer) {
  const std::string text = prompt.opening + std::string(answer);
  const std::string& closing = prompt.stop.front();
  const std::string_view fence_line =
      trim_right(std::string_view(prompt.opening)
                     .substr(0, std::min(prompt.opening.find('\n'), prompt.opening.size())));
  const std::size_t newline = std::min(text.find('\n'), text.size());
  if (trim_right(std::string_view(text).substr(0, newline)) != fence_line) {
    return refused("expected a newline after the fence, found \"" +
                   std::string(answer.substr(0, 20)) + "\"");
  }

  const std::size_t end = text.find(closing, newline);
  if (newline >= text.size() || end == newline) return std::string();
  std::string body = text.substr(newline + 1, end == std::string::npos ? end : end - newline - 1);
  if (!body.empty() && !body.ends_with('\n')) body += '\n';
  return body;
}

}  // namespace cromwell::edit
