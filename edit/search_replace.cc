#include "edit/search_replace.h"

#include <algorithm>

#include "edit/line_blocks.h"
#include "edit/lines.h"
#include "edit/prompt_text.h"
#include "edit/search_blocks.h"
#include "edit/search_match.h"

namespace cromwell::edit {
namespace {

// The answer's form, in the words that models of code were tuned on.
std::string form_of(int marker_length) {
  return "Answer with one or more blocks of this form:\n\n" + search_marker(marker_length) +
         "\nlines of the code, exactly as they are\n" + divider(marker_length) +
         "\nthe lines that take their place\n" + replace_marker(marker_length);
}

int marker_length_of(const Prompt& prompt) {
  return static_cast<int>(std::min(prompt.opening.find(' '), prompt.opening.size()));
}

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line) += '\n';
  return text;
}

}  // namespace

// The first block is opened for the model; the newline after that is its own, for where the search
// text begins with spaces it is part of a token with them.
base::Result<Prompt> SearchReplace::render(const PromptInput& input,
                                           const PromptModel& model) const {
  std::string searched = input.region.shown;
  for (const PromptRegion& one : input.all) searched += one.region->shown;
  const int length = marker_length_for(searched);
  const Question question = write_question(
      input, {.title = "The lines to change", .always_titled = false, .form = form_of(length)});
  std::string opening = search_marker(length);
  std::string heading;
  if (!input.all.empty()) heading = "In " + std::string(input.file) + ":\n\n";
  CROMWELL_ASSIGN(Prompt prompt, ask(question, heading + opening, model));
  prompt.opening = std::move(opening);
  prompt.shown = input.region.shown;
  return prompt;
}

base::Result<TokenIds> SearchReplace::answer_for(const Prompt& prompt, std::string_view shown,
                                                 const tokenizer::Tokenizer& tokenizer) const {
  const auto old_lines = split_lines(prompt.shown);
  const auto run_of = [&](const LineBlock& block) {
    const auto first = old_lines.begin() + block.begin;
    return std::vector<std::string_view>(first, first + block.count);
  };
  CROMWELL_ASSIGN(const auto blocks,
                  find_blocks(prompt.shown, shown, [&](const LineBlock& block, int /*from*/) {
                    return count_exact(old_lines, run_of(block)) == 1;
                  }));
  const int length = marker_length_of(prompt);
  std::string text;
  for (const LineBlock& block : blocks) {
    if (!text.empty()) text.append("\n").append(prompt.opening);
    text.append("\n").append(join_lines(run_of(block))).append(divider(length)).append("\n");
    text.append(lines_of(block.lines)).append(replace_marker(length));
  }
  const auto read = parse(prompt, {text, {}}, tokenizer);
  if (!read || *read != shown) {
    return base::Error{.code = base::ErrorCode::kInvalidRequest,
                       .message = "no SEARCH block leads to the text"};
  }
  return tokenizer.encode(text, {.continues = true}).ids;
}

TokenIds SearchReplace::draft(const Prompt& prompt, const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode("\n" + prompt.shown, {.continues = true}).ids;
}

base::Result<std::string> SearchReplace::parse(const Prompt& prompt, const Answer& answer,
                                               const tokenizer::Tokenizer& /*tokenizer*/) const {
  const std::string text = prompt.opening + std::string(answer.text);
  CROMWELL_ASSIGN(const auto read, read_search_blocks(text, marker_length_of(prompt)));
  const SearchedLines region{split_lines(prompt.shown), prompt.first_line};
  CROMWELL_ASSIGN(const auto blocks, locate_blocks(read, region));
  return replace_blocks(region.lines, blocks);
}

}  // namespace cromwell::edit
