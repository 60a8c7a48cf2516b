#include "edit/fill_prompt.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "edit/gap.h"
#include "tokenizer/fim_tokens.h"

namespace cromwell::edit {
namespace {

using Ids = std::vector<tokenizer::TokenId>;

constexpr std::size_t kMaxStopBytes = 80;
constexpr std::size_t kMinStopBytes = 4;  // a lone brace may well stand in the answer

// What begins another file in a prompt, by model.
constexpr std::string_view kFileSeparators[] = {
    "<|file_sep|>",        // Qwen
    "<file_sep>",          // StarCoder 2, Granite
    "<|file_separator|>",  // CodeGemma
};

std::optional<tokenizer::TokenId> file_separator(const tokenizer::Tokenizer& tokenizer) {
  for (const std::string_view spelling : kFileSeparators) {
    if (const auto id = tokenizer.find(spelling)) return id;
  }
  return std::nullopt;
}

void append(Ids& ids, const Ids& more) { ids.insert(ids.end(), more.begin(), more.end()); }

// The first line after the place that says enough to be known again, if there is one: a model that
// writes it has reached what is there already.
std::optional<std::string> resumption(std::string_view after) {
  // The rest of the place's own line belongs to the answer's first line, not to a line of its own.
  const std::size_t newline = std::min(after.find('\n'), after.size());
  after.remove_prefix(newline);
  while (!after.empty()) {
    after.remove_prefix(1);
    const std::string_view line = after.substr(0, std::min(after.find('\n'), after.size()));
    after.remove_prefix(line.size());
    const std::size_t blanks = std::min(line.find_first_not_of(" \t\r"), line.size());
    if (line.size() - blanks < kMinStopBytes) continue;
    return std::string("\n").append(first_part(line, kMaxStopBytes));
  }
  return std::nullopt;
}

class Maker {
 public:
  Maker(const FillText& text, int max_tokens, const tokenizer::Tokenizer& tokenizer)
      : text_(text), tokenizer_(tokenizer), left_(max_tokens) {
    const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
    if (vocabulary.add_bos && vocabulary.bos) {
      prompt_.ids = {*vocabulary.bos};
      --left_;
    }
  }

  // [notes] PREFIX before SUFFIX after MIDDLE; each note under the token that begins a file, where
  // there is one, as the models were trained (arXiv 2207.14255, 2409.12186).
  base::Result<FillPrompt> with_tokens(const tokenizer::FimTokens& fim) {
    left_ -= 3;
    const Gap gap = cut_gap({text_.before, text_.after}, tokenizer_, left_);
    CROMWELL_ASSIGN(const Ids after, take_after(gap.after));
    CROMWELL_ASSIGN(const Ids before, take_before(gap.before));
    CROMWELL_TRY(put_notes(file_separator(tokenizer_)));
    append(prompt_.ids, tokenizer::fim_sequence(fim, before, after));
    return std::move(prompt_);
  }

  // The text before the place, which any model goes on with. What follows the place is no part of
  // it: small models copy what they are shown last.
  base::Result<FillPrompt> as_text() {
    const Gap gap = cut_gap({text_.before, ""}, tokenizer_, left_);
    CROMWELL_ASSIGN(const Ids before, take_before(gap.before));
    CROMWELL_TRY(put_notes(std::nullopt));
    append(prompt_.ids, before);
    if (prompt_.ids.empty()) {
      CROMWELL_ASSIGN(prompt_.ids, encode("\n"));
    }
    if (auto stop = resumption(text_.after)) prompt_.stop.push_back(std::move(*stop));
    return std::move(prompt_);
  }

 private:
  // None of them special.
  base::Result<Ids> encode(std::string_view text, bool continues = true) const {
    tokenizer::Encoding encoding = tokenizer_.encode(text, {.continues = continues});
    if (encoding.unencodable.empty()) return std::move(encoding.ids);
    return base::Error{base::ErrorCode::kUnencodableText,
                       "the vocabulary has no token for the byte at offset " +
                           std::to_string(encoding.unencodable.front()) + " of the text shown"};
  }

  // Lines that were counted one by one may have more tokens together: cut again, at the far end.
  base::Result<Ids> take_before(std::string_view text) {
    CROMWELL_ASSIGN(Ids ids, encode(text, false));
    ids.erase(ids.begin(), ids.end() - take(ids));
    prompt_.is_cut |= text.size() < text_.before.size();
    return ids;
  }
  base::Result<Ids> take_after(std::string_view text) {
    CROMWELL_ASSIGN(Ids ids, encode(text));
    ids.erase(ids.begin() + take(ids), ids.end());
    prompt_.is_cut |= text.size() < text_.after.size();
    return ids;
  }
  // How many of them there is room for.
  std::ptrdiff_t take(const Ids& ids) {
    const int taken = std::min(static_cast<int>(ids.size()), left_);
    prompt_.is_cut |= taken < static_cast<int>(ids.size());
    left_ -= taken;
    return taken;
  }

  // Whole notes from the last on, as many as there is room for, and the head of the file itself.
  base::Result<> put_notes(std::optional<tokenizer::TokenId> separator) {
    if (text_.notes.empty()) return {};
    CROMWELL_ASSIGN(const Ids head, note_ids({text_.file, ""}, separator));
    left_ -= static_cast<int>(head.size());
    Ids all;
    for (auto note = text_.notes.rbegin(); note != text_.notes.rend(); ++note) {
      CROMWELL_ASSIGN(const Ids ids, note_within(*note, separator));
      (ids.empty() ? prompt_.dropped : prompt_.used).push_back(note->name);
      left_ = ids.empty() ? 0 : left_ - static_cast<int>(ids.size());
      all.insert(all.begin(), ids.begin(), ids.end());
    }
    if (!all.empty()) append(all, head);
    append(prompt_.ids, all);
    return {};
  }

  // None where there is no room for it.
  base::Result<Ids> note_within(const FillNote& note,
                                std::optional<tokenizer::TokenId> separator) const {
    if (note.text.size() > static_cast<std::size_t>(std::max(left_, 0)) * kTokenBytes) return Ids();
    CROMWELL_ASSIGN(Ids ids, note_ids(note, separator));
    if (static_cast<int>(ids.size()) > left_) ids.clear();
    return ids;
  }

  base::Result<Ids> note_ids(const FillNote& note,
                             std::optional<tokenizer::TokenId> separator) const {
    const std::string name = note.name.empty() ? "untitled" : note.name;
    const std::string ended =
        note.text.empty() || note.text.ends_with('\n') ? note.text : note.text + "\n";
    Ids ids;
    if (separator) ids.push_back(*separator);
    std::string shown = separator ? "" : "--- ";
    shown.append(name).append("\n").append(ended);
    CROMWELL_ASSIGN(const Ids body, encode(shown));
    append(ids, body);
    return ids;
  }

  const FillText& text_;
  const tokenizer::Tokenizer& tokenizer_;
  int left_;  // of the budget
  FillPrompt prompt_;
};

}  // namespace

base::Result<FillPrompt> make_fill_prompt(const FillText& text, int max_tokens,
                                          const tokenizer::Tokenizer& tokenizer) {
  Maker maker(text, std::max(max_tokens, kMinFillTokens), tokenizer);
  const auto fim = tokenizer::find_fim_tokens(tokenizer);
  return fim ? maker.with_tokens(*fim) : maker.as_text();
}

}  // namespace cromwell::edit
