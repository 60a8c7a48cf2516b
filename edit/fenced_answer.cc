#include "edit/fenced_answer.h"

#include <algorithm>
#include <utility>

#include "edit/lines.h"
#include "edit/prose.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

constexpr std::size_t kMaxEchoedBytes = 200;  // a longer instruction is not said again

bool is_fence(std::string_view line) { return line.starts_with("```") || line.starts_with("~~~"); }

std::string without_inner_fence(const std::string& body) {
  std::vector<std::string_view> lines = split_lines(body);
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  if (first == lines.end() || !is_fence(*first)) return body;
  lines.erase(lines.begin(), first + 1);
  const auto last = std::find_if_not(lines.rbegin(), lines.rend(), is_blank);
  if (last != lines.rend() && is_fence(*last)) lines.erase(last.base() - 1, lines.end());
  return join_lines(lines);
}

bool is_blank_text(std::string_view text) { return without_blank_ends(text).empty(); }

// Whoever repeats lines of the code is writing it, though the first may be a comment's sentence.
bool repeats_a_line(std::string_view shown, std::string_view answer) {
  const auto lines = split_lines(answer);
  const auto blank = std::count_if(lines.begin(), lines.end(), is_blank);
  const std::size_t new_ones = missing_from(split_lines(shown), lines).size();
  return new_ones + static_cast<std::size_t>(blank) < lines.size();
}

// A line that begins or ends a block of code (CommonMark 0.31, section 4.5).
struct Fence {
  char mark = '`';
  std::size_t size = 0;
  bool is_bare = false;  // no word after it: only such a one ends a block

  bool may_end(const Fence& opened) const {
    return is_bare && mark == opened.mark && size >= opened.size;
  }
};

std::optional<Fence> fence_of(std::string_view line) {
  constexpr std::size_t kMaxIndent = 3, kMinSize = 3;
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(indent);
  if (indent > kMaxIndent || (!line.starts_with('`') && !line.starts_with('~'))) return {};
  const char mark = line.front();
  const std::size_t size = std::min(line.find_first_not_of(mark), line.size());
  const std::string_view info = line.substr(size);
  if (size < kMinSize || (mark == '`' && info.find('`') != std::string_view::npos)) return {};
  return Fence{.mark = mark, .size = size, .is_bare = trim(info).empty()};
}

// The model explains what is all of the code, rather than a part of it or the code itself.
bool explains_all(std::string_view shown, std::string_view text) {
  return is_explanation(text) && !announces_part(text) && !repeats_a_line(shown, text);
}

// What the model wrote into a block of its own, within a fence of ours that is longer and did not
// end it, perhaps with explanations on both sides. None where the block may be a part of the code:
// the region has such fences itself, or there is not exactly one.
std::optional<std::string> only_block(const std::string& body, std::string_view shown) {
  const std::vector<std::string_view> lines = split_lines(body);
  const auto begin = std::find_if(lines.begin(), lines.end(), fence_of);
  if (begin == lines.end()) return std::nullopt;
  const Fence opened = *fence_of(*begin);
  const auto ends = [&](std::string_view line) {
    const auto fence = fence_of(line);
    return fence && fence->may_end(opened);
  };
  const auto end = std::find_if(begin + 1, lines.end(), ends);
  const std::string before = join_lines({lines.begin(), begin});
  const std::string after = end == lines.end() ? "" : join_lines({end + 1, lines.end()});
  const auto old_lines = split_lines(shown);
  const auto rest = split_lines(after);
  const bool is_certain = (is_blank_text(before) || explains_all(shown, before)) &&
                          (is_blank_text(after) || explains_all(shown, after)) &&
                          std::none_of(rest.begin(), rest.end(), fence_of) &&
                          std::none_of(old_lines.begin(), old_lines.end(), ends);
  if (!is_certain) return std::nullopt;
  return join_lines({begin + 1, end});
}

}  // namespace

base::Result<Prompt> open_fence(const Question& question, const std::string& introduction,
                                std::string_view shown, const PromptModel& model) {
  // Where the text begins with spaces, the newline before them is part of a token that only the
  // model can choose.
  std::string opening = question.open;
  if (shown.empty() || indent_of(shown).empty()) opening += '\n';
  CROMWELL_ASSIGN(Prompt prompt, ask(question, introduction + opening, model));
  prompt.opening = std::move(opening);
  prompt.stop = {"\n" + question.fence};
  prompt.shown = shown;
  prompt.is_prose = question.is_prose;
  return prompt;
}

std::optional<Prompt> open_fence_again(const Prompt& prompt, std::string_view answer,
                                       const tokenizer::Tokenizer& tokenizer) {
  if (!explains_all(prompt.shown, answer)) return std::nullopt;
  const std::string begins = std::string(answer) + "\n" + prompt.opening;
  const TokenIds more = tokenizer.encode(begins, {.continues = true}).ids;
  Prompt next = prompt;
  next.ids.insert(next.ids.end(), more.begin(), more.end());
  return next;
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

  if (newline >= text.size()) return std::string();
  const std::size_t end = text.find(closing, newline + 1);
  std::string body = text.substr(newline + 1, end == std::string::npos ? end : end - newline - 1);
  if (!body.empty() && !body.ends_with('\n')) body += '\n';
  if (closing == "\n```") return without_inner_fence(body);
  const bool closed_at_once =
      trim_right(std::string_view(body).substr(0, body.find('\n'))) == closing.substr(1);
  if (closed_at_once) return std::string();
  const auto block = prompt.is_prose ? std::nullopt : only_block(body, prompt.shown);
  return block ? *block : body;
}

base::Result<TokenIds> FencedProtocol::answer_for(const Prompt& prompt, std::string_view shown,
                                                  const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode(in_fence(prompt, shown), {.continues = true}).ids;
}

std::optional<std::size_t> FencedProtocol::region_begins(const Prompt& prompt,
                                                         std::string_view answer) const {
  if (prompt.opening.ends_with('\n')) return 0;
  const std::size_t newline = answer.find('\n');
  return newline == std::string_view::npos ? std::nullopt : std::optional(newline + 1);
}

std::optional<Prompt> FencedProtocol::after_explanation(
    const Prompt& prompt, std::string_view answer, const tokenizer::Tokenizer& tokenizer) const {
  return open_fence_again(prompt, answer, tokenizer);
}

base::Result<std::string> FencedProtocol::parse(const Prompt& prompt, const Answer& answer,
                                                const tokenizer::Tokenizer& /*tokenizer*/) const {
  return read_fenced(prompt, answer.text);
}

}  // namespace cromwell::edit
