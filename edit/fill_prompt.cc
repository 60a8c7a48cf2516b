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

// Text as tokens, none of them special, cut to a budget: lines that were counted one by one may
// have more together.
class Encoder {
 public:
  explicit Encoder(const tokenizer::Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  base::Result<Ids> encode(std::string_view text, bool continues = true) const {
    tokenizer::Encoding encoding = tokenizer_.encode(text, {.continues = continues});
    if (encoding.unencodable.empty()) return std::move(encoding.ids);
    return base::Error{base::ErrorCode::kUnencodableText,
                       "the vocabulary has no token for the byte at offset " +
                           std::to_string(encoding.unencodable.front()) + " of the text shown"};
  }
  base::Result<Ids> last(std::string_view text, int tokens) const {
    CROMWELL_ASSIGN(Ids ids, encode(text, false));
    if (ids.size() > count(tokens)) ids.erase(ids.begin(), ids.end() - tokens);
    return ids;
  }
  base::Result<Ids> first(std::string_view text, int tokens) const {
    CROMWELL_ASSIGN(Ids ids, encode(text));
    if (ids.size() > count(tokens)) ids.resize(count(tokens));
    return ids;
  }

 private:
  static std::size_t count(int tokens) { return static_cast<std::size_t>(tokens); }

  const tokenizer::Tokenizer& tokenizer_;
};

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
      : text_(text), tokenizer_(tokenizer), encoder_(tokenizer), left_(max_tokens) {
    const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
    if (vocabulary.add_bos && vocabulary.bos) {
      bos_ = {*vocabulary.bos};
      --left_;
    }
  }

  // [notes] PREFIX before SUFFIX after MIDDLE; each note under the token that begins a file, where
  // there is one, as the models were trained (arXiv 2207.14255, 2409.12186).
  base::Result<FillPrompt> with_tokens(const tokenizer::FimTokens& fim) {
    left_ -= 3;
    const Gap gap = cut_gap({text_.before, text_.after}, tokenizer_, left_);
    CROMWELL_ASSIGN(const Ids after, encoder_.first(gap.after, left_));
    left_ -= static_cast<int>(after.size());
    CROMWELL_ASSIGN(const Ids before, take_before(gap.before));
    CROMWELL_ASSIGN(const Ids notes, take_notes(file_separator(tokenizer_)));
    FillPrompt prompt{.ids = bos_};
    append(prompt.ids, notes);
    append(prompt.ids, tokenizer::fim_sequence(fim, before, after));
    return prompt;
  }

  // The text before the place, which any model goes on with. What follows the place is no part of
  // it: small models copy what they are shown last.
  base::Result<FillPrompt> as_text() {
    const Gap gap = cut_gap({text_.before, ""}, tokenizer_, left_);
    CROMWELL_ASSIGN(const Ids before, take_before(gap.before));
    CROMWELL_ASSIGN(const Ids notes, take_notes(std::nullopt));
    FillPrompt prompt{.ids = bos_};
    append(prompt.ids, notes);
    append(prompt.ids, before);
    if (prompt.ids.empty()) {
      CROMWELL_ASSIGN(prompt.ids, encoder_.encode("\n"));
    }
    if (auto stop = resumption(text_.after)) prompt.stop.push_back(std::move(*stop));
    return prompt;
  }

 private:
  base::Result<Ids> take_before(std::string_view text) {
    CROMWELL_ASSIGN(Ids before, encoder_.last(text, left_));
    left_ -= static_cast<int>(before.size());
    return before;
  }

  // Whole notes from the last on, as many as there is room for, and the head of the file itself.
  base::Result<Ids> take_notes(std::optional<tokenizer::TokenId> separator) {
    Ids all;
    if (text_.notes.empty()) return all;
    CROMWELL_ASSIGN(const Ids head, note_ids({text_.file, ""}, separator));
    left_ -= static_cast<int>(head.size());
    for (auto note = text_.notes.rbegin(); note != text_.notes.rend(); ++note) {
      if (note->text.size() > static_cast<std::size_t>(std::max(left_, 0)) * kTokenBytes) break;
      CROMWELL_ASSIGN(const Ids ids, note_ids(*note, separator));
      if (static_cast<int>(ids.size()) > left_) break;
      left_ -= static_cast<int>(ids.size());
      all.insert(all.begin(), ids.begin(), ids.end());
    }
    if (!all.empty()) append(all, head);
    return all;
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
    CROMWELL_ASSIGN(const Ids body, encoder_.encode(shown));
    append(ids, body);
    return ids;
  }

  const FillText& text_;
  const tokenizer::Tokenizer& tokenizer_;
  Encoder encoder_;
  int left_;  // of the budget
  Ids bos_;
};

}  // namespace

base::Result<FillPrompt> make_fill_prompt(const FillText& text, int max_tokens,
                                          const tokenizer::Tokenizer& tokenizer) {
  Maker maker(text, std::max(max_tokens, kMinFillTokens), tokenizer);
  const auto fim = tokenizer::find_fim_tokens(tokenizer);
  return fim ? maker.with_tokens(*fim) : maker.as_text();
}

}  // namespace cromwell::edit
