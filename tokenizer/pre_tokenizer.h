// PreTokenizer: cuts text into the pieces that byte pair merging works on, by one of the rules that
// GGUF files name, or by the steps that a tokenizer.json spells out. Immutable; any thread. Not
// here: special tokens, which are taken out before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokenizer/regex.h"
#include "tokenizer/scanners.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

class PreTokenizer {
 public:
  // `name` as in tokenizer.ggml.pre; an unknown one is refused with the list of those that work.
  static base::Result<PreTokenizer> create(std::string_view name);
  static base::Result<PreTokenizer> create(const std::vector<PreTokenizerStep>& steps);

  // Whether models with this rule take a word that is a token whole, whatever merges make of it.
  bool ignores_merges() const { return rule_ == Rule::kLlama3; }

  // Whether a text may be cut before `at`, each side into its own pieces, which are the whole's: a
  // letter there begins a piece whatever is before, and a newline between two texts ends one.
  bool may_cut(std::string_view text, std::size_t at) const;

  // Calls sink(std::string_view piece) for each piece in order; together they are the whole text.
  template <class Sink>
  void split(std::string_view text, Sink&& sink) const;

 private:
  enum class Rule { kGpt2, kDigitsThenGpt2, kLlama3, kQwen2, kDeepseekCoder, kSteps };
  struct Step {
    PreTokenizerStep::Kind kind;
    std::vector<Regex> regex;  // one for a pattern, else none
  };
  explicit PreTokenizer(Rule rule) : rule_(rule) {}

  static std::vector<std::string_view> apply(const Step& step,
                                             const std::vector<std::string_view>& pieces);

  template <class Sink, class... Stages>
  static void cascade(std::string_view text, Sink& sink, const auto& stage, const Stages&... rest) {
    const char* const end = text.data() + text.size();
    for (const char* p = text.data(); p < end;) {
      const char* const next = stage(p, end);
      const std::string_view piece(p, static_cast<std::size_t>(next - p));
      if constexpr (sizeof...(rest) == 0) {
        sink(piece);
      } else {
        cascade(piece, sink, rest...);
      }
      p = next;
    }
  }

  Rule rule_;
  std::vector<Step> steps_;  // of Rule::kSteps
};

template <class Sink>
void PreTokenizer::split(std::string_view text, Sink&& sink) const {
  const Scanner scan(UnicodeClasses::get());
  const auto stage = [&scan](auto member) {
    return [&scan, member](const char* p, const char* end) { return (scan.*member)(p, end); };
  };
  switch (rule_) {
    case Rule::kGpt2:
      return cascade(text, sink, stage(&Scanner::gpt2<false>));
    case Rule::kDigitsThenGpt2:
      return cascade(text, sink, stage(&Scanner::gpt2<true>));
    case Rule::kLlama3:
      return cascade(text, sink, stage(&Scanner::llama3<3>));
    case Rule::kQwen2:
      return cascade(text, sink, stage(&Scanner::llama3<1>));
    case Rule::kDeepseekCoder:
      return cascade(text, sink, stage(&Scanner::newline_stage),
                     stage(&Scanner::spaced_run_stage<kLetter>),
                     stage(&Scanner::spaced_run_stage<kPunctuation>), stage(&Scanner::cjk_stage),
                     stage(&Scanner::digit_stage));
    case Rule::kSteps: {
      std::vector<std::string_view> pieces;
      if (!text.empty()) pieces.push_back(text);
      for (const Step& step : steps_) pieces = apply(step, pieces);
      for (const std::string_view piece : pieces) sink(piece);
      return;
    }
  }
}

}  // namespace cromwell::tokenizer
