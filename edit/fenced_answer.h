// Fenced answer: an answer that is a text inside a fence which we open for the model. What changed
// is found by a diff, so that it is well formed by construction. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "edit/prompt_text.h"
#include "edit/protocol.h"

namespace cromwell::edit {

// A protocol whose answer is the region anew inside our fence: only the question differs.
class FencedProtocol : public Protocol {
 public:
  base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                    const tokenizer::Tokenizer& tokenizer) const final;
  std::optional<std::size_t> region_begins(const Prompt& prompt,
                                           std::string_view answer) const final;
  std::optional<Prompt> after_explanation(const Prompt& prompt, std::string_view answer,
                                          const tokenizer::Tokenizer& tokenizer) const final;
  base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                  const tokenizer::Tokenizer& tokenizer) const final;
};

// The prompt of `question`, with `introduction` and the opened fence as the beginning of the
// answer; `shown` is the text that the answer will be like.
base::Result<Prompt> open_fence(const Question& question, const std::string& introduction,
                                std::string_view shown, const PromptModel& model);

// "Here is the same code with only this change: INSTRUCTION": saying it again is what makes small
// models follow it.
std::string introduce(std::string_view what, const std::string& instruction);

// The prompt with which the model goes on where it explained first and then wanted a fence of its
// own, which ended its answer: we open ours once more there. None where `answer` explains nothing,
// or repeats a line of the code.
std::optional<Prompt> open_fence_again(const Prompt& prompt, std::string_view answer,
                                       const tokenizer::Tokenizer& tokenizer);

// The answer that is `text`, with the fence closed after it.
std::string in_fence(const Prompt& prompt, std::string_view text);

// The text inside the fence, lines ended by \n, without a fence that the model opens within it and
// may close (there ours is longer where the text may hold fences itself); kNoValidEdit if the
// fence's line goes on.
base::Result<std::string> read_fenced(const Prompt& prompt, std::string_view answer);

}  // namespace cromwell::edit
