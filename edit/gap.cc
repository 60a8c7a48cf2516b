#include "edit/gap.h"

#include <algorithm>
#include <iterator>

namespace cromwell::edit {
namespace {

constexpr int kAfterShare = 4;  // what follows the gap gets at most 1/4 of the budget
constexpr int kStepLines = 16;

bool continues_character(char c) { return (c & '\xC0') == '\x80'; }

// Takes the cost of `line` from the budget, if it is within it.
bool take(std::string_view line, const tokenizer::Tokenizer& tokenizer, int& budget) {
  if (line.size() > static_cast<std::size_t>(budget) * kTokenBytes) return false;
  const auto cost = static_cast<int>(tokenizer.encode(line, {.continues = true}).ids.size());
  if (cost > budget) return false;
  budget -= cost;
  return true;
}

// The next line whose number is a multiple of the step, if there is one before the end: text that
// grows at its end then begins with the same line for some time, and is found in the cache.
std::size_t stepped(std::string_view text, std::size_t begin) {
  auto number = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  std::size_t at = begin;
  for (; number % kStepLines != 0 && at < text.size(); ++number) {
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  }
  return at < text.size() ? at : begin;
}

// Of a line without room so many bytes as there is room for tokens: each has one at least.
std::string_view take_bytes(std::string_view part, int& budget) {
  budget -= static_cast<int>(part.size());
  return part;
}

std::string_view last_lines(std::string_view text, const tokenizer::Tokenizer& tokenizer,
                            int& budget) {
  std::size_t begin = text.size();
  while (begin > 0) {
    const std::size_t newline = begin < 2 ? std::string_view::npos : text.rfind('\n', begin - 2);
    const std::size_t line = newline == std::string_view::npos ? 0 : newline + 1;
    if (!take(text.substr(line, begin - line), tokenizer, budget)) break;
    begin = line;
  }
  if (begin == text.size())
    return take_bytes(last_part(text, static_cast<std::size_t>(budget)), budget);
  return text.substr(begin == 0 ? 0 : stepped(text, begin));
}

std::string_view first_lines(std::string_view text, const tokenizer::Tokenizer& tokenizer,
                             int& budget) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t next = std::min(text.find('\n', end), text.size() - 1) + 1;
    if (!take(text.substr(end, next - end), tokenizer, budget)) break;
    end = next;
  }
  if (end == 0) return take_bytes(first_part(text, static_cast<std::size_t>(budget)), budget);
  return text.substr(0, end);
}

struct Comment {
  std::string_view fence, begins;
};
constexpr Comment kComments[] = {
    {"python", "#"},      {"bash", "#"},     {"ruby", "#"},        {"toml", "#"},  {"yaml", "#"},
    {"cmake", "#"},       {"makefile", "#"}, {"dockerfile", "#"},  {"lua", "--"},  {"sql", "--"},
    {"javascript", "//"}, {"jsx", "//"},     {"typescript", "//"}, {"tsx", "//"},  {"c", "//"},
    {"cpp", "//"},        {"rust", "//"},    {"go", "//"},         {"java", "//"}, {"kotlin", "//"},
    {"swift", "//"},      {"php", "//"},     {"csharp", "//"},
};

}  // namespace

std::string_view last_part(std::string_view text, std::size_t bytes) {
  std::size_t begin = text.size() - std::min(text.size(), bytes);
  while (begin < text.size() && continues_character(text[begin])) ++begin;
  return text.substr(begin);
}

std::string_view first_part(std::string_view text, std::size_t bytes) {
  std::size_t end = std::min(text.size(), bytes);
  while (end < text.size() && end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end);
}

Gap cut_gap(Gap whole, const tokenizer::Tokenizer& tokenizer, int budget_tokens) {
  int after_budget = budget_tokens / kAfterShare;
  int before_budget = budget_tokens - after_budget;
  Gap gap{.after = first_lines(whole.after, tokenizer, after_budget)};
  before_budget += after_budget;
  gap.before = last_lines(whole.before, tokenizer, before_budget);
  return gap;
}

std::string_view line_comment(std::string_view fence) {
  const auto* found = std::find_if(std::begin(kComments), std::end(kComments),
                                   [&](const Comment& one) { return one.fence == fence; });
  return found == std::end(kComments) ? std::string_view() : found->begins;
}

}  // namespace cromwell::edit
