#include "edit/edit_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "edit/answer_check.h"
#include "edit/lines.h"
#include "edit/named_region.h"
#include "edit/surroundings.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kAnswerSlackTokens = 16;  // room beside the rewritten region: fence, a few changes

Error cancelled() {
  return {.code = ErrorCode::kCancelled, .message = "the edit was cancelled; nothing changed"};
}

std::string lines_text(const workspace::LineRange& range) {
  return "lines " + std::to_string(range.first) + " to " + std::to_string(range.last);
}

// Text with \n for \r\n: the file's own endings are put back by TextFile.
std::string with_lf(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\r\n") ++i;
    result += text[i];
  }
  return result;
}

std::string name_of(const workspace::ContextPiece& piece) {
  return piece.file + ": " + lines_text(piece.lines) + ", " + piece.why;
}

PromptNote note_of(const workspace::ContextPiece& piece) {
  return {.title = (piece.why == "outline" ? "Other parts of " : "From ") + piece.file,
          .text = piece.text};
}

}  // namespace

EditRun::EditRun(const EditParts& parts, EditRequest request, EditSink sink,
                 std::shared_ptr<CancelSwitch> cancel, std::function<void()> on_end)
    : parts_(parts),
      request_(std::move(request)),
      sink_(std::move(sink)),
      cancel_(std::move(cancel)),
      on_end_(std::move(on_end)),
      id_(workspace::EditStore::new_id()) {
  if (request_.session.empty()) request_.session = "session-" + id_;
}

Result<std::vector<tokenizer::TokenId>> EditRun::prompt_ids() {
  CROMWELL_TRY(check_request());
  CROMWELL_TRY(read_base());
  CROMWELL_TRY(render());
  return std::move(prompt_.ids);
}

void EditRun::prepare() {
  const auto steps = [this]() -> Result<> {
    CROMWELL_TRY(check_request());
    CROMWELL_TRY(read_base());
    CROMWELL_TRY(choose_context());
    CROMWELL_TRY(render());
    if (cancel_->cancelled()) return cancelled();
    return submit();
  };
  // After submit() the run is the engine's: nothing of it may be touched here any more.
  if (auto result = steps(); !result) fail(std::move(result).error());
}

Result<> EditRun::check_request() const {
  const auto invalid = [](std::string message, std::string param) {
    return Error{.code = ErrorCode::kInvalidRequest,
                 .message = std::move(message),
                 .param = std::move(param)};
  };
  if (request_.file.empty()) return invalid("file: expected a path", "file");
  if (trim(request_.instruction).empty()) {
    return invalid("instruction: expected some text, it is empty", "instruction");
  }
  const auto limit = static_cast<std::size_t>(parts_.options.max_instruction_bytes);
  if (request_.instruction.size() > limit) {
    return Error{.code = ErrorCode::kPayloadTooLarge,
                 .message = "instruction: " + std::to_string(request_.instruction.size()) +
                            " bytes, expected at most " + std::to_string(limit),
                 .param = "instruction"};
  }
  if (request_.max_tokens < 1) return invalid("max_tokens: expected at least 1", "max_tokens");
  return {};
}

// The text that the edit starts from: the file, or the editor's buffer as it would be saved in the
// file's encoding and line endings. A patch of a buffer applies to the buffer; the file takes it
// once the buffer is saved.
Result<> EditRun::read_base() {
  CROMWELL_ASSIGN(protocol_, find_protocol(request_.protocol));
  CROMWELL_ASSIGN(snapshot_, parts_.workspace->read(request_.workspace, request_.file));
  if (!request_.base_sha256.empty() && to_lower(request_.base_sha256) != snapshot_->sha256) {
    return Error{.code = ErrorCode::kFileChanged,
                 .message = request_.file + ": the file's SHA-256 is " + snapshot_->sha256 +
                            ", expected " + request_.base_sha256 + " (base_sha256)",
                 .param = "base_sha256"};
  }
  base_ = snapshot_->text;
  base_sha256_ = snapshot_->sha256;
  if (request_.content) {
    const workspace::LineRange all{1, base_->line_count()};
    CROMWELL_ASSIGN(std::string bytes, base_->replace(all, with_lf(*request_.content)));
    CROMWELL_ASSIGN(base_, workspace::TextFile::parse(std::move(bytes)));
    base_sha256_ = base::sha256_hex(base_->bytes());
  }
  auto lines = request_.selection;
  if (!lines) lines = named_region(*base_, request_.file, request_.instruction);
  CROMWELL_ASSIGN(region_, select_region(*base_, lines));
  return {};
}

// Without a budget nothing is looked for, unless the request asks what there would be.
Result<> EditRun::choose_context() {
  const int budget = request_.context.budget.value_or(parts_.options.context_tokens);
  if (budget <= 0 && !request_.explain) return {};
  CROMWELL_ASSIGN(context_, find_context({*parts_.workspace, parts_.indexes, *parts_.tokenizer},
                                         {*snapshot_, *base_, region_.range, request_.instruction},
                                         request_.context, budget));
  return {};
}

Result<> EditRun::render() {
  CROMWELL_TRY(check_encodable());
  const Surroundings around =
      surroundings_of(*base_, region_.range, parts_.options.surrounding_lines);
  PromptInput input{request_.file, request_.instruction, region_, around.text};
  std::vector<std::string> names;
  if (!around.text.empty()) names.push_back(request_.file + ": " + around.name);
  for (const workspace::ContextPiece& piece : context_) {
    if (!piece.used) {
      context_dropped_.push_back(name_of(piece));
      continue;
    }
    names.push_back(name_of(piece));
    (piece.by_instruction ? input.instruction_notes : input.notes).push_back(note_of(piece));
  }
  const int region_tokens =
      static_cast<int>(parts_.tokenizer->encode(region_.shown).ids.size()) + kAnswerSlackTokens;
  const auto needed = [&] { return static_cast<int>(prompt_.ids.size()) + region_tokens; };

  // What is beside the region is left away where it does not fit, or holds what the vocabulary can
  // not say.
  auto prompt = protocol_->render(input, *parts_.tokenizer, parts_.chat_template);
  if (prompt) prompt_ = std::move(*prompt);
  const bool fits = prompt && needed() <= parts_.options.context_length;
  if (!fits) {
    input.surroundings = {};
    input.notes.clear();
    input.instruction_notes.clear();
    CROMWELL_ASSIGN(prompt_, protocol_->render(input, *parts_.tokenizer, parts_.chat_template));
  }
  auto& named = fits ? context_used_ : context_dropped_;
  named.insert(named.end(), names.begin(), names.end());
  if (needed() <= parts_.options.context_length) return {};
  return too_long(region_tokens);
}

Error EditRun::too_long(int region_tokens) const {
  return {.code = ErrorCode::kContextExceeded,
          .message = request_.file + ": the prompt with " + lines_text(region_.range) + " takes " +
                     std::to_string(prompt_.ids.size()) + " tokens and rewriting them " +
                     std::to_string(region_tokens) + " more, the model's context holds " +
                     std::to_string(parts_.options.context_length) + "; select fewer lines",
          .param = request_.selection ? "selection" : "file"};
}

Result<> EditRun::check_encodable() const {
  const auto first_bad = parts_.tokenizer->encode(region_.shown).unencodable;
  if (!first_bad.empty()) {
    const std::string_view shown = region_.shown;
    const auto newlines = std::count(
        shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(first_bad.front()), '\n');
    return Error{.code = ErrorCode::kUnencodableText,
                 .message = request_.file + ": line " +
                            std::to_string(region_.range.first + region_.blank_before + newlines) +
                            " holds a character that the model's vocabulary has no token for",
                 .param = "file"};
  }
  if (!parts_.tokenizer->encode(request_.instruction).unencodable.empty()) {
    return Error{.code = ErrorCode::kUnencodableText,
                 .message =
                     "instruction: it holds a character that the model's vocabulary has no "
                     "token for",
                 .param = "instruction"};
  }
  return {};
}

Result<> EditRun::submit() {
  engine::GenerateRequest generation;
  generation.session = request_.session;
  generation.priority = request_.priority;
  generation.prompt = prompt_.ids;
  generation.max_tokens = request_.max_tokens;
  generation.adapter = request_.adapter;
  generation.sampling = request_.sampling;
  generation.stop = prompt_.stop;
  generation.stop.insert(generation.stop.end(), request_.stop.begin(), request_.stop.end());
  generation.top_logprobs = 0;  // each token's own, for the confidence
  generation.max_prompt_ms = request_.max_prompt_ms;
  generation.max_predict_ms = request_.max_predict_ms;

  const std::shared_ptr<CancelSwitch> cancel = cancel_;
  CROMWELL_ASSIGN(engine::Generation handle,
                  parts_.engine.submit(std::move(generation),
                                       [self = shared_from_this()](engine::Event&& event) {
                                         self->on_event(std::move(event));
                                       }));
  cancel->attach(std::move(handle));
  return {};
}

void EditRun::on_event(engine::Event&& event) {
  if (auto* started = std::get_if<engine::Started>(&event)) {
    EditStarted start{.id = id_,
                      .session = request_.session,
                      .workspace = snapshot_->workspace,
                      .file = request_.file,
                      .base_sha256 = base_sha256_,
                      .protocol = std::string(protocol_->name()),
                      .region = region_.range,
                      .prompt_tokens = started->prompt_tokens,
                      .cached_tokens = started->cached_tokens,
                      .seed = started->seed};
    start.context_used = context_used_;
    start.context_dropped = context_dropped_;
    if (request_.explain) start.context_explained = context_;
    sink_(std::move(start));
  } else if (auto* progress = std::get_if<engine::Progress>(&event)) {
    sink_(EditProgress{progress->processed, progress->total});
  } else if (auto* token = std::get_if<engine::Token>(&event)) {
    logprob_sum_ += static_cast<double>(token->scored.logprob);
    ++logprob_count_;
    add_text(token->text);
  } else if (auto* finished = std::get_if<engine::Finished>(&event)) {
    on_finished(std::move(*finished));
  } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
    fail(std::move(failed->error));
  }
}

void EditRun::add_text(const std::string& text) {
  // The generation may run for a moment after cancel(), until prepare() has handed it over.
  if (text.empty() || cancel_->cancelled()) return;
  answer_ += text;
  sink_(EditToken{.text = text});
}

void EditRun::on_finished(engine::Finished&& finished) {
  finished_ = std::move(finished);
  if (finished_.reason == engine::FinishReason::kCancelled) return fail(cancelled());
  add_text(finished_.text);
  parts_.files.post([self = shared_from_this()] { self->finish(); });
}

void EditRun::finish() {
  const auto steps = [this]() -> Result<> {
    CROMWELL_ASSIGN(const std::string text, new_region());
    CROMWELL_ASSIGN(const std::string new_bytes, base_->replace(region_.range, text));
    CROMWELL_TRY(check_new_file(new_bytes));
    CROMWELL_TRY(make_diff(new_bytes));
    if (cancel_->cancelled()) return cancelled();
    if (!diff_.patch.empty()) CROMWELL_TRY(record(new_bytes));
    show();
    return request_.apply && !diff_.patch.empty() ? apply() : Result<>();
  };
  if (auto result = steps(); !result) return fail(std::move(result).error());

  EditDone done{.finish_reason = diff_.patch.empty() ? "no_change" : "stop",
                .usage = finished_.usage,
                .timings = finished_.timings};
  if (logprob_count_ > 0) {
    done.confidence = static_cast<float>(std::exp(logprob_sum_ / logprob_count_));
  }
  end(std::move(done));
}

// The region's new text, if the answer is one.
Result<std::string> EditRun::new_region() const {
  if (finished_.reason == engine::FinishReason::kLength) {
    std::string limits = "max_tokens is " + std::to_string(request_.max_tokens);
    if (request_.max_predict_ms > 0) {
      limits += ", t_max_predict_ms " + std::to_string(request_.max_predict_ms);
    }
    return Error{.code = ErrorCode::kNoValidEdit,
                 .message = "the model's answer was cut after " +
                            std::to_string(finished_.usage.completion_tokens) + " tokens (" +
                            limits + "); nothing changed"};
  }
  CROMWELL_ASSIGN(const std::string shown, protocol_->parse(prompt_, with_lf(answer_)));
  const std::string text = restore(region_, shown, is_about_whitespace(request_.instruction));
  CROMWELL_TRY(check_answer({.old_text = region_.text,
                             .new_text = text,
                             .instruction = request_.instruction,
                             .file = request_.file}));
  return text;
}

Result<> EditRun::check_new_file(const std::string& new_bytes) {
  CROMWELL_ASSIGN(const workspace::TextFile new_file, workspace::TextFile::parse(new_bytes));
  CROMWELL_ASSIGN(parses_, check_syntax(*base_, new_file, region_.range, request_.file));
  return {};
}

// The diff, proven to lead from the base to `new_bytes`.
Result<> EditRun::make_diff(const std::string& new_bytes) {
  CROMWELL_ASSIGN(diff_, workspace::make_diff(base_->bytes(), new_bytes, request_.file));
  CROMWELL_ASSIGN(const std::string applied, workspace::apply_patch(base_->bytes(), diff_.patch));
  if (applied != new_bytes) {
    return Error{.code = ErrorCode::kInternal,
                 .message = request_.file + ": the patch does not lead to the edited text"};
  }
  return {};
}

void EditRun::show() {
  for (const workspace::Hunk& hunk : diff_.hunks) sink_(EditHunk{hunk});
  sink_(EditDiff{
      .file = request_.file, .diff = diff_, .validation = {.applies = true, .parses = parses_}});
}

// Keeps the edit, so that it can be applied later and by its id.
Result<> EditRun::record(const std::string& new_bytes) {
  workspace::EditRecord record;
  record.id = id_;
  record.workspace = snapshot_->workspace;
  record.root = snapshot_->root;
  record.file = request_.file;
  record.resolved = snapshot_->resolved;
  record.identity = snapshot_->identity;
  record.base_sha256 = base_sha256_;
  record.new_sha256 = base::sha256_hex(new_bytes);
  record.instruction = request_.instruction;
  record.patch = diff_.patch;
  record.old_bytes = base_->bytes();
  record.new_bytes = new_bytes;
  record.created = std::chrono::system_clock::now();
  return parts_.store->propose(std::move(record));
}

Result<> EditRun::apply() {
  CROMWELL_ASSIGN(workspace::Applied applied, parts_.store->apply(id_));
  sink_(EditApplied{.file = std::move(applied.file),
                    .id = std::move(applied.id),
                    .sha256 = std::move(applied.sha256),
                    .guarantee = std::move(applied.guarantee)});
  return {};
}

void EditRun::fail(Error error) {
  const bool refused = error.code == ErrorCode::kNoValidEdit;
  end(EditFailed{.error = std::move(error),
                 .attempt_text = refused ? answer_ : std::string(),
                 .usage = finished_.usage});
}

// The run may die here: its sink and on_end_ are the last things that it touches.
void EditRun::end(EditEvent&& last) {
  const EditSink sink = std::move(sink_);
  const std::function<void()> on_end = std::move(on_end_);
  sink(std::move(last));
  on_end();
}

}  // namespace cromwell::edit
