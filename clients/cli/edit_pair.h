// EditPair: a change that is known (lines of a file before and after, and the instruction for it)
// as the daemon would ask for it and read it: the prompt's token ids, the answer's, or why the
// daemon would refuse it. What models are trained on. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "edit/protocol.h"
#include "workspace/text_file.h"

namespace cromwell::cli {

struct EditPair {
  std::string file;     // its name, for the language
  std::string content;  // before
  workspace::LineRange lines;
  std::string after;  // what takes the place of `lines`
  std::string instruction;
};

struct PairIds {
  std::vector<tokenizer::TokenId> prompt;
  std::vector<tokenizer::TokenId> answer;  // the end-of-turn token last
};

struct PairContext {
  const edit::Protocol& protocol;
  const tokenizer::Tokenizer& tokenizer;
  const tokenizer::ChatTemplate& chat_template;
};

// kNoValidEdit where the answer does not lead to `after`, or fails a check of edits;
// kInvalidRequest for lines that the file does not have; kUnencodableText as the protocol says.
base::Result<PairIds> render_pair(const EditPair& pair, const PairContext& context);

}  // namespace cromwell::cli
