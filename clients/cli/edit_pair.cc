#include "clients/cli/edit_pair.h"

#include "edit/answer_check.h"
#include "edit/prompt_text.h"
#include "edit/proposal.h"
#include "edit/region.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<> check_outcome(const EditPair& pair, const workspace::TextFile& file,
                       const std::string& region_text) {
  CROMWELL_ASSIGN(const std::string wanted, file.replace(pair.lines, pair.after));
  CROMWELL_ASSIGN(const std::string made, file.replace(pair.lines, region_text));
  if (made != wanted) {
    return Error{.code = ErrorCode::kNoValidEdit,
                 .message = pair.file + ": the answer does not lead to the text after the edit"};
  }
  if (made == file.bytes()) {
    return Error{.code = ErrorCode::kNoValidEdit, .message = pair.file + ": nothing changes"};
  }
  CROMWELL_ASSIGN(const workspace::TextFile new_file, workspace::TextFile::parse(made));
  const auto verdict = edit::check_syntax(file, new_file, pair.lines, pair.file);
  if (verdict.parses == false) return edit::syntax_refusal(verdict.error);
  return {};
}

}  // namespace

Result<PairIds> render_pair(const EditPair& pair, const PairContext& context) {
  CROMWELL_ASSIGN(const workspace::TextFile file, workspace::TextFile::parse(pair.content));
  CROMWELL_ASSIGN(const edit::Region region, edit::select_region(file, pair.lines));
  const std::string shown = edit::as_shown(region, pair.after);
  CROMWELL_ASSIGN(const std::string region_text,
                  edit::read_region(region, shown, context.protocol, pair.file, pair.instruction));
  CROMWELL_TRY(check_outcome(pair, file, region_text));

  CROMWELL_ASSIGN(edit::Prompt prompt,
                  context.protocol.render({.file = pair.file,
                                           .instruction = pair.instruction,
                                           .region = region,
                                           .surroundings = {}},
                                          {context.tokenizer, context.chat_template}));
  if (!context.tokenizer.encode(shown).unencodable.empty()) {
    return Error{.code = ErrorCode::kUnencodableText,
                 .message = pair.file + ": the vocabulary lacks a character of the answer"};
  }
  PairIds ids;
  CROMWELL_ASSIGN(ids.answer, context.protocol.answer_for(prompt, shown, context.tokenizer));
  ids.prompt = std::move(prompt.ids);
  if (const auto end = edit::end_of_answer(context.tokenizer)) ids.answer.push_back(*end);
  return ids;
}

}  // namespace cromwell::cli
