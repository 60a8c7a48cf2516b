#include "edit/fim.h"

#include <algorithm>
#include <utility>

#include "edit/fenced_answer.h"
#include "edit/gap.h"
#include "edit/language.h"
#include "edit/lines.h"
#include "tokenizer/fim_tokens.h"

namespace cromwell::edit {
namespace {

using Lines = std::vector<std::string_view>;

constexpr int kMaxGapTokens = 2048;  // of text around a gap

// What of the region's text stays: all before and after the cursor, nothing of a selection.
struct Kept {
  std::string_view head, tail;
};
Kept kept_of(const Region& region) {
  if (!region.cursor) return {};
  const std::string_view text = region.shown;
  return {text.substr(0, *region.cursor), text.substr(*region.cursor)};
}

// The instruction as comment lines, indented as what comes after them.
std::string as_comment(const PromptInput& input, std::string_view indent) {
  const std::string_view begins = line_comment(language_of(input.file).fence);
  std::string text;
  if (begins.empty()) return text;
  for (std::string_view line : split_lines(trim(input.instruction))) {
    if (is_blank(line)) continue;
    text.append(indent).append(begins).append(" ").append(trim(line)) += '\n';
  }
  return text;
}

std::string_view indent_at(const Region& region, const Kept& kept) {
  return region.cursor ? indent_of(kept.head) : common_indent(split_lines(region.shown));
}

Gap gap_around(const PromptInput& input, const PromptModel& model) {
  const int budget = std::min(kMaxGapTokens, model.context_length / 2);
  return cut_gap({input.above, input.below}, model.tokenizer, budget);
}

std::string notes_of(const PromptInput& input) {
  std::string text;
  const std::string_view begins = line_comment(language_of(input.file).fence);
  for (const auto* notes : {&input.notes, &input.instruction_notes}) {
    for (const PromptNote& note : *notes) {
      if (!begins.empty()) text.append(begins).append(" ").append(note.title) += '\n';
      text.append(note.text) += '\n';
    }
  }
  return text;
}

// The texts on both sides as the model sees them. A model with tokens for it has no other place for
// notes and instruction than the text before.
PromptGap shown_gap(const PromptInput& input, const PromptModel& model, bool in_words) {
  const Kept kept = kept_of(input.region);
  const Gap gap = gap_around(input, model);
  PromptGap shown{.head = kept.head.size(), .tail = kept.tail.size()};
  if (!in_words) shown.before = notes_of(input);
  shown.before += gap.before;
  if (!in_words) shown.before += as_comment(input, indent_at(input.region, kept));
  shown.before += kept.head;
  shown.after = std::string(kept.tail).append(gap.after);
  return shown;
}

// What such a model would take for the file's own end, or miss at its beginning.
std::string left_out(const PromptInput& input, const PromptGap& gap) {
  const bool above = gap.before.size() - gap.head < input.above.size();
  const bool below = gap.after.size() - gap.tail < input.below.size();
  if (above && below) return " (lines before and after it are left out)";
  if (above) return " (lines before it are left out)";
  return below ? " (lines after it are left out)" : "";
}

// The question of a model without tokens for gaps.
base::Result<Prompt> ask_in_words(const PromptInput& input, const PromptModel& model) {
  const PromptGap gap = shown_gap(input, model, true);
  std::string mark = "<GAP>";
  while ((gap.before + "\n" + gap.after).find(mark) != std::string::npos) mark.insert(1, "THE_");
  Region shown;
  shown.shown = gap.before + mark + (input.region.cursor ? "" : "\n") + gap.after;
  if (!shown.shown.ends_with('\n')) shown.shown += '\n';
  const Question question = write_question(
      {input.file, input.instruction, shown, {}, input.notes, input.instruction_notes},
      {.title =
           "A part of " + std::string(input.file) + left_out(input, gap) + " with a gap at " + mark,
       .always_titled = true,
       .form = "Write only what belongs in the place of " + mark + "."});
  return open_fence(question, "This belongs there:\n\n", input.region.shown, model);
}

// The lines without those around the gap, where the model says them too.
Lines without_context(Lines lines, const PromptGap& gap) {
  const Lines above = split_lines(gap.before), below = split_lines(gap.after);
  for (auto count = static_cast<long>(std::min(lines.size(), above.size())); count > 0; --count) {
    if (!std::equal(lines.begin(), lines.begin() + count, above.end() - count)) continue;
    lines.erase(lines.begin(), lines.begin() + count);
    break;
  }
  for (auto count = static_cast<long>(std::min(lines.size(), below.size())); count > 0; --count) {
    if (!std::equal(lines.end() - count, lines.end(), below.begin())) continue;
    lines.erase(lines.end() - count, lines.end());
    break;
  }
  return lines;
}

// Lines that are indented as a whole unlike those whose place they take, as those.
std::string indented_like(const Lines& old_lines, const Lines& lines) {
  const bool is_known = !std::all_of(old_lines.begin(), old_lines.end(), is_blank);
  const std::string_view found = common_indent(lines);
  const std::string_view wanted = is_known ? common_indent(old_lines) : found;
  std::string text;
  for (std::string_view line : lines) {
    if (!is_blank(line)) text.append(wanted).append(line.substr(found.size()));
    text += '\n';
  }
  return text;
}

std::string_view head_of(const PromptGap& gap) {
  return std::string_view(gap.before).substr(gap.before.size() - gap.head);
}
std::string_view tail_of(const PromptGap& gap) {
  return std::string_view(gap.after).substr(0, gap.tail);
}
bool is_at_cursor(const PromptGap& gap) { return gap.head + gap.tail > 0; }

// What belongs in the gap, of an answer in words.
std::string middle_of(const Prompt& prompt, const std::string& answer) {
  if (!is_at_cursor(prompt.gap)) {
    return indented_like(split_lines(prompt.shown),
                         without_context(split_lines(answer), prompt.gap));
  }
  std::string_view middle = answer;
  if (middle.ends_with('\n')) middle.remove_suffix(1);
  const std::string_view head = head_of(prompt.gap);
  for (const std::string_view said : {head, head.substr(indent_of(head).size())}) {
    if (!middle.starts_with(said)) continue;
    middle.remove_prefix(said.size());
    break;
  }
  return std::string(middle);
}

bool asked_in_words(const Prompt& prompt) { return !prompt.opening.empty(); }

}  // namespace

base::Result<Prompt> Fim::render(const PromptInput& input, const PromptModel& model) const {
  const auto tokens = tokenizer::find_fim_tokens(model.tokenizer);
  if (!tokens) {
    CROMWELL_ASSIGN(Prompt prompt, ask_in_words(input, model));
    prompt.gap = shown_gap(input, model, true);
    return prompt;
  }
  Prompt prompt{.shown = input.region.shown, .gap = shown_gap(input, model, false)};
  CROMWELL_ASSIGN(prompt.ids, tokenizer::fim_prompt(*tokens, model.tokenizer, prompt.gap.before,
                                                    prompt.gap.after));
  return prompt;
}

base::Result<TokenIds> Fim::answer_for(const Prompt& prompt, std::string_view shown,
                                       const tokenizer::Tokenizer& tokenizer) const {
  const std::string_view head = head_of(prompt.gap), tail = tail_of(prompt.gap);
  if (shown.size() < head.size() + tail.size() || !shown.starts_with(head) ||
      !shown.ends_with(tail)) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "the text changes more than what stands in the gap"};
  }
  std::string middle(shown.substr(head.size(), shown.size() - head.size() - tail.size()));
  if (asked_in_words(prompt)) {
    if (!middle.empty() && !middle.ends_with('\n')) middle += '\n';
    middle = in_fence(prompt, middle);
  }
  return tokenizer.encode(middle, {.continues = true}).ids;
}

std::optional<Prompt> Fim::after_explanation(const Prompt& prompt, std::string_view answer,
                                             const tokenizer::Tokenizer& tokenizer) const {
  return asked_in_words(prompt) ? open_fence_again(prompt, answer, tokenizer) : std::nullopt;
}

base::Result<std::string> Fim::parse(const Prompt& prompt, const Answer& answer,
                                     const tokenizer::Tokenizer& /*tokenizer*/) const {
  std::string middle(answer.text);
  if (asked_in_words(prompt)) {
    CROMWELL_ASSIGN(const std::string fenced, read_fenced(prompt, answer.text));
    middle = middle_of(prompt, fenced);
  }
  std::string text = std::string(head_of(prompt.gap)) + middle + std::string(tail_of(prompt.gap));
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace cromwell::edit
