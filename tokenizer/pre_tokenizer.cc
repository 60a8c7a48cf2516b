#include "tokenizer/pre_tokenizer.h"

namespace cromwell::tokenizer {

base::Result<PreTokenizer> PreTokenizer::create(std::string_view name) {
  struct Known {
    std::string_view name;
    Rule rule;
  };
  static constexpr Known kKnown[] = {
      {"gpt-2", Rule::kGpt2},
      {"phi-2", Rule::kGpt2},
      {"smollm", Rule::kDigitsThenGpt2},
      {"starcoder", Rule::kDigitsThenGpt2},
      {"refact", Rule::kDigitsThenGpt2},
      {"command-r", Rule::kDigitsThenGpt2},
      {"qwen2", Rule::kQwen2},
      {"deepseek-r1-qwen", Rule::kQwen2},
      {"llama-bpe", Rule::kLlama3},
      {"llama3", Rule::kLlama3},
      {"llama-v3", Rule::kLlama3},
      {"deepseek-coder", Rule::kDeepseekCoder},
  };
  std::string names;
  for (const Known& known : kKnown) {
    if (known.name == name) return PreTokenizer(known.rule);
    names.append(names.empty() ? "" : ", ").append(known.name);
  }
  return base::Error{base::ErrorCode::kBadModel,
                     "tokenizer.ggml.pre: \"" + std::string(name.substr(0, 64)) +
                         "\" is not supported; supported are " + names,
                     "tokenizer.ggml.pre"};
}

base::Result<PreTokenizer> PreTokenizer::create(const std::vector<PreTokenizerStep>& steps) {
  PreTokenizer result(Rule::kSteps);
  for (const PreTokenizerStep& step : steps) {
    result.steps_.push_back({step.kind, {}});
    if (step.kind != PreTokenizerStep::Kind::kPattern) continue;
    CROMWELL_ASSIGN(Regex regex, Regex::compile(step.pattern));
    result.steps_.back().regex.push_back(std::move(regex));
  }
  return result;
}

std::vector<std::string_view> PreTokenizer::apply(const Step& step,
                                                  const std::vector<std::string_view>& pieces) {
  std::vector<std::string_view> result;
  if (step.kind == PreTokenizerStep::Kind::kPattern) {
    step.regex.front().split(pieces, result);
    return result;
  }
  const Scanner scan(UnicodeClasses::get());
  const auto keep = [&result](std::string_view piece) { result.push_back(piece); };
  for (const std::string_view piece : pieces) {
    if (step.kind == PreTokenizerStep::Kind::kDigits) {
      cascade(piece, keep, [&](const char* p, const char* e) { return scan.digit_stage(p, e); });
    } else {
      cascade(piece, keep, [&](const char* p, const char* e) { return scan.gpt2<false>(p, e); });
    }
  }
  return result;
}

bool PreTokenizer::may_cut(std::string_view text, std::size_t at) const {
  if (rule_ == Rule::kSteps || at < 2 || at >= text.size()) return false;  // steps may do anything
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  // A run of spaces is cut by what follows it: there the newline must be the only one.
  return text[at - 1] == '\n' && text[at - 2] > ' ' && text[at - 2] < '\x7F' && is_letter(text[at]);
}

}  // namespace cromwell::tokenizer
