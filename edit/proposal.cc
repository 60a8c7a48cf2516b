#include "edit/proposal.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/hash.h"
#include "edit/elision.h"
#include "edit/language.h"
#include "edit/lines.h"
#include "workspace/text_file.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kComplaintLines = 2;  // on each side of a syntax error

Error cut_short(const EditRequest& request, int completion_tokens) {
  std::string limits = "max_tokens is " + std::to_string(request.max_tokens);
  if (request.max_predict_ms > 0) {
    limits += ", t_max_predict_ms " + std::to_string(request.max_predict_ms);
  }
  return {.code = ErrorCode::kNoValidEdit,
          .message = "the model's answer was cut after " + std::to_string(completion_tokens) +
                     " tokens (" + limits + "); nothing changed"};
}

// The region's new text, if the answer is one.
Result<std::string> new_region(const EditRequest& request, const EditTarget& target,
                               const PromptedProtocol& asked, const Attempt& attempt) {
  if (attempt.finished->reason == engine::FinishReason::kLength) {
    return cut_short(request, attempt.finished->usage.completion_tokens);
  }
  const std::string answer = with_lf(attempt.text);
  CROMWELL_ASSIGN(const std::string shown,
                  asked.protocol.parse(asked.prompt, {answer, attempt.ids}, asked.tokenizer));
  return read_region(target.region, shown, asked.protocol, target.snapshot.file,
                     request.instruction);
}

// The diff, proven to lead from the base to `new_bytes`.
Result<workspace::Diff> proven_diff(const std::string& old_bytes, const std::string& new_bytes,
                                    const std::string& file) {
  CROMWELL_ASSIGN(workspace::Diff diff, workspace::make_diff(old_bytes, new_bytes, file));
  CROMWELL_ASSIGN(const std::string applied, workspace::apply_patch(old_bytes, diff.patch));
  if (applied == new_bytes) return diff;
  return Error{.code = ErrorCode::kInternal,
               .message = file + ": the patch does not lead to the edited text"};
}

}  // namespace

bool is_exact(const Protocol& protocol, std::string_view instruction) {
  return protocol.region_kind() == RegionKind::kExact || is_about_whitespace(instruction);
}

Result<std::string> read_region(const Region& region, std::string_view shown,
                                const Protocol& protocol, std::string_view file,
                                std::string_view instruction) {
  const bool python = language_of(file).grammar == workspace::Grammar::kPython;
  const std::string text =
      restore(region, fill_elisions(region.shown, shown, python), is_exact(protocol, instruction));
  CROMWELL_TRY(check_answer(
      {.old_text = region.text, .new_text = text, .instruction = instruction, .file = file}));
  return text;
}

Result<Proposal> propose(const EditRequest& request, const EditTarget& target,
                         const PromptedProtocol& asked, const Attempt& attempt) {
  const workspace::LineRange& lines = target.region.range;
  const std::string& file = target.snapshot.file;
  CROMWELL_ASSIGN(const std::string text, new_region(request, target, asked, attempt));
  Proposal proposal;
  proposal.new_region = text;
  CROMWELL_ASSIGN(proposal.new_bytes, target.base.replace(lines, text));
  CROMWELL_ASSIGN(const auto new_file, workspace::TextFile::parse(proposal.new_bytes));
  proposal.verdict = check_syntax(target.base, new_file, lines, file);
  CROMWELL_ASSIGN(proposal.diff, proven_diff(target.base.bytes(), proposal.new_bytes, file));
  return proposal;
}

PromptNote complaint_of(const Proposal& proposal, const EditTarget& target) {
  const Region& region = target.region;
  const workspace::SyntaxError& error = proposal.verdict.error;
  const auto lines = split_lines(proposal.new_region);
  const int count = static_cast<int>(lines.size());
  // An error at the region's end is often found behind it.
  const int at = std::clamp(error.line - region.range.first, 0, std::max(0, count - 1));
  std::string text;
  for (int i = std::max(0, at - kComplaintLines); i < std::min(count, at + kComplaintLines + 1);
       ++i) {
    std::string_view line = lines[static_cast<std::size_t>(i)];
    if (line.starts_with(region.indent)) line.remove_prefix(region.indent.size());
    text.append(line) += '\n';
  }
  return {.title = "This is wrong, it has a syntax error (" + error.what + ")", .text = text};
}

std::optional<Prompt> after_explanation(const PromptedProtocol& asked, const Attempt& attempt) {
  const std::vector<std::string>& stop = asked.prompt.stop;
  if (stop.empty() || attempt.finished->stop_match != stop.front()) return std::nullopt;
  return asked.protocol.after_explanation(asked.prompt, with_lf(attempt.text), asked.tokenizer);
}

workspace::EditRecord record_of(const std::string& id, const std::string& instruction,
                                const std::vector<EditTarget>& targets,
                                const std::vector<Proposal>& proposals) {
  workspace::EditRecord record;
  record.id = id;
  record.workspace = targets.front().snapshot.workspace;
  record.root = targets.front().snapshot.root;
  record.instruction = instruction;
  record.created = std::chrono::system_clock::now();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Proposal& proposal = proposals[i];
    if (proposal.diff.patch.empty()) continue;
    record.files.push_back({.file = targets[i].snapshot.file,
                            .resolved = targets[i].snapshot.resolved,
                            .base_sha256 = targets[i].base_sha256,
                            .new_sha256 = base::sha256_hex(proposal.new_bytes),
                            .patch = proposal.diff.patch,
                            .old_bytes = targets[i].base.bytes(),
                            .new_bytes = proposal.new_bytes});
  }
  return record;
}

}  // namespace cromwell::edit
