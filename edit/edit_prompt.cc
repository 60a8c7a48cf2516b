#include "edit/edit_prompt.h"

#include <utility>

#include "edit/surroundings.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kAnswerSlackTokens = 16;  // room beside the rewritten region: fence, a few changes

std::string name_of(const workspace::ContextPiece& piece) {
  return piece.file + ": " + lines_text(piece.lines) + ", " + piece.why;
}

PromptNote note_of(const workspace::ContextPiece& piece) {
  return {.title = (piece.why == "outline" ? "Other parts of " : "From ") + piece.file,
          .text = piece.text};
}

// The pieces that were chosen, as notes, and their names; the names of the others.
std::vector<std::string> put_context(const std::vector<workspace::ContextPiece>& context,
                                     PromptInput& input, std::vector<std::string>& dropped) {
  std::vector<std::string> names;
  for (const workspace::ContextPiece& piece : context) {
    if (!piece.used) {
      dropped.push_back(name_of(piece));
      continue;
    }
    names.push_back(name_of(piece));
    (piece.by_instruction ? input.instruction_notes : input.notes).push_back(note_of(piece));
  }
  return names;
}

Result<> check_instruction(const EditRequest& request, const tokenizer::Tokenizer& tokenizer) {
  if (tokenizer.encode(request.instruction).unencodable.empty()) return {};
  return Error{.code = ErrorCode::kUnencodableText,
               .message =
                   "instruction: it holds a character that the model's vocabulary has no "
                   "token for",
               .param = "instruction"};
}

Error too_long(const EditRequest& request, const EditTarget& target, std::size_t prompt_tokens,
               int region_tokens, int context_length) {
  return {.code = ErrorCode::kContextExceeded,
          .message = request.file + ": the prompt with " + lines_text(target.region.range) +
                     " takes " + std::to_string(prompt_tokens) + " tokens and rewriting them " +
                     std::to_string(region_tokens) + " more, the model's context holds " +
                     std::to_string(context_length) + "; select fewer lines",
          .param = request.selection ? "selection" : "file"};
}

}  // namespace

Result<EditPrompt> write_prompt(const EditParts& parts, const Protocol& protocol,
                                const EditRequest& request, const EditTarget& target,
                                const std::vector<workspace::ContextPiece>& context,
                                const std::optional<PromptNote>& complaint) {
  const tokenizer::Tokenizer& tokenizer = *parts.tokenizer;
  CROMWELL_TRY(check_encodable(target, tokenizer));
  CROMWELL_TRY(check_instruction(request, tokenizer));
  const Surroundings around =
      surroundings_of(target.base, target.region.range, parts.options.surrounding_lines);
  const workspace::LineRange& range = target.region.range;
  std::string above = target.base.text({1, range.first - 1});
  if (!above.empty() && !above.ends_with('\n')) above += '\n';
  const std::string below = target.base.text({range.last + 1, target.base.line_count()});
  PromptInput input{request.file, request.instruction, target.region, around.text};
  input.above = above;
  input.below = below;
  EditPrompt written;
  std::vector<std::string> names = put_context(context, input, written.context_dropped);
  if (complaint) input.instruction_notes.push_back(*complaint);
  if (!around.text.empty()) names.insert(names.begin(), request.file + ": " + around.name);

  const int context_length = parts.options.context_length;
  const int region_tokens =
      static_cast<int>(tokenizer.encode(target.region.shown).ids.size()) + kAnswerSlackTokens;
  const auto fits = [&] {
    return static_cast<int>(written.prompt.ids.size()) + region_tokens <= context_length;
  };
  // What is beside the region is left away where it does not fit, or holds what the vocabulary can
  // not say.
  const PromptModel model{tokenizer, parts.chat_template, context_length};
  auto prompt = protocol.render(input, model);
  if (prompt) written.prompt = std::move(*prompt);
  const bool with_context = prompt && fits();
  if (!with_context) {
    input.surroundings = {};
    input.notes.clear();
    input.instruction_notes.clear();
    if (complaint) input.instruction_notes.push_back(*complaint);
    CROMWELL_ASSIGN(written.prompt, protocol.render(input, model));
  }
  written.prompt.first_line = range.first + target.region.blank_before;
  auto& named = with_context ? written.context_used : written.context_dropped;
  named.insert(named.end(), names.begin(), names.end());
  if (fits()) return written;
  return too_long(request, target, written.prompt.ids.size(), region_tokens, context_length);
}

}  // namespace cromwell::edit
