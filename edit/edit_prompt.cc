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

std::vector<Surroundings> surroundings_of_all(const AskedFile& asked,
                                              const EditServiceOptions& options) {
  std::vector<Surroundings> around;
  for (const EditTarget& target : asked.targets) {
    around.push_back(surroundings_of(target.base, target.region.range, options.surrounding_lines));
  }
  return around;
}

void name_surroundings(const AskedFile& asked, const std::vector<Surroundings>& around,
                       std::vector<std::string>& names) {
  for (std::size_t i = around.size(); i-- > 0;) {
    if (around[i].text.empty()) continue;
    names.insert(names.begin(), asked.targets[i].snapshot.file + ": " + around[i].name);
  }
}

std::vector<PromptRegion> regions_of(const AskedFile& asked,
                                     const std::vector<Surroundings>& around) {
  std::vector<PromptRegion> regions;
  for (std::size_t i = 0; i < around.size(); ++i) {
    const EditTarget& target = asked.targets[i];
    regions.push_back(
        {.file = target.snapshot.file, .region = &target.region, .surroundings = around[i].text});
  }
  return regions;
}

void drop_context(PromptInput& input, const std::optional<PromptNote>& complaint) {
  input.surroundings = {};
  for (PromptRegion& one : input.all) one.surroundings = {};
  input.notes.clear();
  input.instruction_notes.clear();
  if (complaint) input.instruction_notes.push_back(*complaint);
}

Result<> check_instruction(const EditRequest& request, const tokenizer::Tokenizer& tokenizer) {
  if (tokenizer.encode(request.instruction).unencodable.empty()) return {};
  return Error{.code = ErrorCode::kUnencodableText,
               .message =
                   "instruction: it holds a character that the model's vocabulary has no "
                   "token for",
               .param = "instruction"};
}

Error too_long(const AskedFile& asked, const EditRequest& request, std::size_t prompt_tokens,
               int to_come, int context_length) {
  const EditTarget& target = asked.targets[asked.at];
  std::string what = lines_text(target.region.range);
  if (!request.files.empty()) what = std::to_string(asked.targets.size()) + " files";
  return {.code = ErrorCode::kContextExceeded,
          .message = target.snapshot.file + ": the prompt with " + what + " takes " +
                     std::to_string(prompt_tokens) + " tokens and rewriting them " +
                     std::to_string(to_come) + " more, the model's context holds " +
                     std::to_string(context_length) + "; select fewer lines",
          .param = !request.files.empty() ? "files"
                   : request.selection    ? "selection"
                                          : "file"};
}

// What is written while the files that are still to come are repeated with a few changes.
int answer_tokens(const AskedFile& asked, const tokenizer::Tokenizer& tokenizer) {
  int tokens = 0;
  for (std::size_t i = asked.at; i < asked.targets.size(); ++i) {
    tokens += static_cast<int>(tokenizer.encode(asked.targets[i].region.shown).ids.size());
    tokens += kAnswerSlackTokens;
  }
  return tokens;
}

}  // namespace

Result<EditPrompt> write_prompt(const EditParts& parts, const Protocol& protocol,
                                const EditRequest& request, const AskedFile& asked,
                                const std::vector<workspace::ContextPiece>& context,
                                const std::optional<PromptNote>& complaint) {
  const tokenizer::Tokenizer& tokenizer = *parts.tokenizer;
  for (const EditTarget& one : asked.targets) CROMWELL_TRY(check_encodable(one, tokenizer));
  CROMWELL_TRY(check_instruction(request, tokenizer));
  const EditTarget& target = asked.targets[asked.at];
  const workspace::LineRange& range = target.region.range;
  std::string above = target.base.text({1, range.first - 1});
  if (!above.empty() && !above.ends_with('\n')) above += '\n';
  const std::string below = target.base.text({range.last + 1, target.base.line_count()});
  const std::vector<Surroundings> around = surroundings_of_all(asked, parts.options);
  PromptInput input{target.snapshot.file, request.instruction, target.region,
                    around[asked.at].text};
  input.above = above;
  input.below = below;
  input.answered = asked.answered;
  if (!request.files.empty()) input.all = regions_of(asked, around);
  EditPrompt written;
  std::vector<std::string> names = put_context(context, input, written.context_dropped);
  if (complaint) input.instruction_notes.push_back(*complaint);
  name_surroundings(asked, around, names);

  const int context_length = parts.options.context_length;
  const int to_come = answer_tokens(asked, tokenizer);
  const auto fits = [&] {
    return static_cast<int>(written.prompt.ids.size()) + to_come <= context_length;
  };
  // What is beside the regions is left away where it does not fit, or holds what the vocabulary can
  // not say.
  const PromptModel model{tokenizer, parts.chat_template, context_length};
  auto prompt = protocol.render(input, model);
  if (prompt) written.prompt = std::move(*prompt);
  const bool with_context = prompt && fits();
  if (!with_context) {
    drop_context(input, complaint);
    CROMWELL_ASSIGN(written.prompt, protocol.render(input, model));
  }
  written.prompt.first_line = range.first + target.region.blank_before;
  auto& named = with_context ? written.context_used : written.context_dropped;
  named.insert(named.end(), names.begin(), names.end());
  if (fits()) return written;
  return too_long(asked, request, written.prompt.ids.size(), to_come, context_length);
}

}  // namespace cromwell::edit
