// Prompt text: the parts that the questions of all protocols are put together from, in the order
// that keeps what changes least in front: notes, surroundings, region, then what depends on the
// instruction. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "edit/protocol.h"

namespace cromwell::edit {

// A run of backticks longer than any in `texts`, so that none of them can close it. Prose gets one
// more: there the answer may well hold a fence of its own.
std::string fence_around(const std::vector<std::string_view>& texts, bool prose);

// Without spaces, tabs and line ends on both sides.
std::string_view without_blank_ends(std::string_view text);

// The same with a full stop where it ends without punctuation.
std::string as_sentence(std::string_view instruction);

struct QuestionWords {
  std::string title;  // above the region where something else stands before it
  bool always_titled = false;
  std::string form;  // after the region: what the answer looks like; may be empty
};
struct Question {
  std::string text;         // of the user's message
  std::string instruction;  // as a sentence
  std::string fence;        // which no text of the question closes
  std::string open;         // the fence with the language's name: how a block of code begins
};
Question write_question(const PromptInput& input, const QuestionWords& words);

// The question as the user's message, and then the beginning of the answer, written for the model.
base::Result<std::vector<tokenizer::TokenId>> ask(const std::string& question,
                                                  const std::string& answer_begins,
                                                  const PromptModel& model);

}  // namespace cromwell::edit
