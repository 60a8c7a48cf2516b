#include "edit/gap.h"

#include <algorithm>
#include <iterator>

namespace cromwell::edit {
namespace {

int tokens_in(std::string_view text, const tokenizer::Tokenizer& tokenizer) {
  return static_cast<int>(tokenizer.encode(text, {.continues = true}).ids.size());
}

// The last lines of `text` of at most `budget` tokens, which it takes from it.
std::string_view last_lines(std::string_view text, const tokenizer::Tokenizer& tokenizer,
                            int& budget) {
  std::size_t begin = text.size();
  while (begin > 0) {
    const std::size_t newline = begin < 2 ? std::string_view::npos : text.rfind('\n', begin - 2);
    const std::size_t line = newline == std::string_view::npos ? 0 : newline + 1;
    const int cost = tokens_in(text.substr(line, begin - line), tokenizer);
    if (cost > budget) break;
    budget -= cost;
    begin = line;
  }
  return text.substr(begin);
}

std::string_view first_lines(std::string_view text, const tokenizer::Tokenizer& tokenizer,
                             int& budget) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t next = std::min(text.find('\n', end), text.size() - 1) + 1;
    const int cost = tokens_in(text.substr(end, next - end), tokenizer);
    if (cost > budget) break;
    budget -= cost;
    end = next;
  }
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

Gap cut_gap(Gap whole, const tokenizer::Tokenizer& tokenizer, int budget_tokens) {
  int before_budget = budget_tokens / 4 * 3;
  Gap gap{.before = last_lines(whole.before, tokenizer, before_budget)};
  int after_budget = budget_tokens / 4 + before_budget;
  gap.after = first_lines(whole.after, tokenizer, after_budget);
  return gap;
}

std::string_view line_comment(std::string_view fence) {
  const auto* found = std::find_if(std::begin(kComments), std::end(kComments),
                                   [&](const Comment& one) { return one.fence == fence; });
  return found == std::end(kComments) ? std::string_view() : found->begins;
}

}  // namespace cromwell::edit
