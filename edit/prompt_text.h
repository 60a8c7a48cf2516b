// Prompt text: the parts that the questions of all protocols are put together from, in the order
// that keeps what changes least in front: notes, surroundings, region, then what depends on the
// instruction. Pure.
#pragma once

#include <optional>
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

// The regions that are shown: all of an edit of several files, else the one.
std::vector<PromptRegion> regions_of(const PromptInput& input);

struct QuestionWords {
  std::string title;  // above the region where something else stands before it
  bool always_titled = false;
  std::string form;  // after the region: what the answer looks like; may be empty
  // Above each region of several files, before the file's name.
  std::string title_of_each = "The lines to change in ";
};
struct Question {
  std::string text;         // of the user's message
  std::string instruction;  // as a sentence
  std::string fence;        // which no text of the question closes
  std::string open;         // the fence with the language's name: how a block of code begins
  bool is_prose = false;    // of a region
  TokenIds answered;        // for the files before this one
};
Question write_question(const PromptInput& input, const QuestionWords& words);

// What a model says when its answer is complete; none: the vocabulary lacks it.
std::optional<tokenizer::TokenId> end_of_answer(const tokenizer::Tokenizer& tokenizer);

// The question as the user's message, what was answered, and how the answer goes on, written for
// the model. Only `ids` and `answer_begins` of the prompt are filled.
base::Result<Prompt> ask(const Question& question, const std::string& begins,
                         const PromptModel& model);

}  // namespace cromwell::edit
