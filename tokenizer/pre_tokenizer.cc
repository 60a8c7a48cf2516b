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
  for (const Known& known : kKnown) {
    if (known.name == name) return PreTokenizer(known.rule);
  }
  std::string message = "tokenizer.ggml.pre: \"" + std::string(name.substr(0, 64)) +
                        "\" is not supported; supported are";
  for (const Known& known : kKnown)
    message += (message.back() == 'e' ? " " : ", ") + std::string(known.name);
  return base::Error{base::ErrorCode::kBadModel, std::move(message), "tokenizer.ggml.pre"};
}

}  // namespace cromwell::tokenizer
