// Edit script: a change of a region in Cromwell's own tokens. Finds the tokens in a vocabulary,
// reads a script and writes one. The grammar, and why it is so, is in docs/edit_protocols.md. Pure.
//
//   script := change* end               change := <DEL> line+ [<INS> line*]
//                                              |  <INS> line+      (only where the region is empty)
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "edit/line_blocks.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

struct ScriptTokens {
  tokenizer::TokenId file = -1;
  tokenizer::TokenId edit = -1, edit_end = -1;
  tokenizer::TokenId diff = -1;
  tokenizer::TokenId ins = -1, del = -1;
};

// None where the vocabulary lacks one, or text could spell one.
std::optional<ScriptTokens> find_script_tokens(const tokenizer::Tokenizer& tokenizer);

struct ScriptedLines {
  std::vector<std::string_view> lines;
  int first_line = 1;  // its number in the file, for messages
};

// What the script changes. kNoValidEdit names the change: deleted lines that do not stand in the
// region after the change before, text outside a change, a line that does not end.
base::Result<std::vector<LineBlock>> read_script(std::span<const tokenizer::TokenId> ids,
                                                 const ScriptTokens& tokens,
                                                 const tokenizer::Tokenizer& tokenizer,
                                                 const ScriptedLines& region);

// The script that leads from one text to the other, without the end. Lines ended by \n.
base::Result<std::vector<tokenizer::TokenId>> write_script(std::string_view old_text,
                                                           std::string_view new_text,
                                                           const ScriptTokens& tokens,
                                                           const tokenizer::Tokenizer& tokenizer);

}  // namespace cromwell::edit
