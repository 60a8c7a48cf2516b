#include "edit/rewrite.h"

#include <algorithm>

#include "edit/language.h"
#include "edit/lines.h"

namespace cromwell::edit {
namespace {

constexpr std::string_view kSystem =
    "You are a careful code editor. You write code again with one change and copy everything else.";

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

base::Error no_fence(std::string_view answer) {
  return {
      .code = base::ErrorCode::kNoValidEdit,
      .message = "the model's answer was refused: expected a newline after the fence, found \"" +
                 std::string(answer.substr(0, 20)) + "\"; nothing changed"};
}

}  // namespace

// The order keeps what changes least in front: system, surroundings, region, instruction, opening.
base::Result<Prompt> Rewrite::render(const PromptInput& input,
                                     const tokenizer::Tokenizer& tokenizer,
                                     const tokenizer::ChatTemplate& chat_template) const {
  const Language language = language_of(input.file);
  const std::string& shown = input.region.shown;
  const std::string fence = fence_around({shown, input.surroundings}, language.prose);
  const std::string open = fence + std::string(language.fence);

  std::string question;
  if (!input.surroundings.empty()) {
    question += "This is a part of " + std::string(input.file) + ":\n" + open + "\n";
    question.append(input.surroundings).append(fence + "\n\n");
  }
  question += "Here is the code:\n" + open + "\n" + shown + fence + "\n\n";
  question += "Instruction: " + std::string(input.instruction);
  question += "\n\nRewrite the code above with this change. Keep everything else the same.";

  Prompt prompt;
  CROMWELL_ASSIGN(prompt.ids,
                  chat_template.render_ids({{.role = "system", .content = std::string(kSystem)},
                                            {.role = "user", .content = std::move(question)}},
                                           true, tokenizer));
  // Where the region begins with spaces, the newline before them is part of a token that only the
  // model can choose.
  prompt.opening = open;
  if (shown.empty() || indent_of(shown).empty()) prompt.opening += '\n';
  const tokenizer::Encoding opening = tokenizer.encode(prompt.opening);
  prompt.ids.insert(prompt.ids.end(), opening.ids.begin(), opening.ids.end());
  prompt.stop = {"\n" + fence};
  return prompt;
}

base::Result<std::string> Rewrite::parse(const Prompt& prompt, std::string_view answer) const {
  const std::string text = prompt.opening + std::string(answer);
  const std::string& closing = prompt.stop.front();
  const std::string_view fence_line =
      trim_right(std::string_view(prompt.opening)
                     .substr(0, std::min(prompt.opening.find('\n'), prompt.opening.size())));
  const std::size_t newline = std::min(text.find('\n'), text.size());
  if (trim_right(std::string_view(text).substr(0, newline)) != fence_line) {
    return no_fence(answer);
  }

  const std::size_t end = text.find(closing, newline);
  if (newline >= text.size() || end == newline) return std::string();
  std::string body = text.substr(newline + 1, end == std::string::npos ? end : end - newline - 1);
  if (!body.empty() && !body.ends_with('\n')) body += '\n';
  return body;
}

}  // namespace cromwell::edit
