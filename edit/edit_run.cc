#include "edit/edit_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "edit/answer_check.h"
#include "edit/lines.h"
#include "edit/named_region.h"
#include "edit/surroundings.h"
#include "engine/draft_chain.h"
#include "engine/prompt_lookup.h"
#include "engine/random.h"
#include "engine/region_cursor.h"

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
  generation.draft = draft();

  const std::shared_ptr<CancelSwitch> cancel = cancel_;
  attempts_.resize(static_cast<std::size_t>(request_.candidates));
  // Candidates have seeds in a row, so that one number says them all.
  if (attempts_.size() > 1 && !request_.sampling.seed) {
    request_.sampling.seed = engine::random_seed();
    generation.sampling.seed = request_.sampling.seed;
  }
  const auto sink_of = [this](std::size_t attempt) {
    return [self = shared_from_this(), attempt](engine::Event&& event) {
      self->on_event(attempt, std::move(event));
    };
  };
  std::vector<engine::ForkRequest> forks;
  for (std::size_t i = 1; i < attempts_.size(); ++i) {
    engine::ForkRequest fork{.sampling = request_.sampling, .sink = sink_of(i), .draft = draft()};
    if (fork.sampling.seed) *fork.sampling.seed += i;
    forks.push_back(std::move(fork));
  }
  CROMWELL_ASSIGN(auto handles,
                  parts_.engine.submit(std::move(generation), sink_of(0), std::move(forks)));
  cancel->attach(std::move(handles));
  return {};
}

// Most of the answer is what is there already, or what the client says it will be.
std::unique_ptr<engine::DraftSource> EditRun::draft() const {
  const std::string shown =
      request_.prediction ? as_shown(region_, with_lf(*request_.prediction)) : region_.shown;
  auto cursor = std::make_unique<engine::RegionCursor>(
      parts_.tokenizer->encode(protocol_->draft(prompt_, shown)).ids,
      static_cast<int>(prompt_.ids.size()));
  if (request_.prediction) return cursor;  // whose guesses are counted as the prediction's
  return std::make_unique<engine::DraftChain>(std::move(cursor),
                                              std::make_unique<engine::PromptLookup>());
}

void EditRun::on_event(std::size_t attempt, engine::Event&& event) {
  if (ended_) return;
  const bool is_first = attempt == 0;
  Attempt& mine = attempts_[attempt];
  if (auto* started = std::get_if<engine::Started>(&event)) {
    if (is_first) on_started(*started);
  } else if (auto* progress = std::get_if<engine::Progress>(&event)) {
    if (is_first) sink_(EditProgress{progress->processed, progress->total});
  } else if (auto* token = std::get_if<engine::Token>(&event)) {
    mine.logprob_sum += static_cast<double>(token->scored.logprob);
    ++mine.tokens;
    add_text(mine, token->text);
  } else if (auto* finished = std::get_if<engine::Finished>(&event)) {
    count(*finished, is_first);
    on_finished(mine, std::move(*finished));
  } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
    fail(std::move(failed->error));
  }
}

void EditRun::on_started(const engine::Started& started) {
  usage_.prompt_tokens = started.prompt_tokens;
  usage_.cached_tokens = started.cached_tokens;
  EditStarted start{.id = id_,
                    .session = request_.session,
                    .workspace = snapshot_->workspace,
                    .file = request_.file,
                    .base_sha256 = base_sha256_,
                    .protocol = std::string(protocol_->name()),
                    .region = region_.range,
                    .prompt_tokens = started.prompt_tokens,
                    .cached_tokens = started.cached_tokens,
                    .seed = started.seed};
  start.context_used = context_used_;
  start.context_dropped = context_dropped_;
  if (request_.explain) start.context_explained = context_;
  sink_(std::move(start));
}

void EditRun::add_text(Attempt& attempt, const std::string& text) {
  // The generation may run for a moment after cancel(), until prepare() has handed it over.
  if (text.empty() || cancel_->cancelled()) return;
  attempt.text += text;
  if (attempts_.size() == 1)
    sink_(EditToken{.text = text});  // of several only the winner's is shown
}

void EditRun::count(const engine::Finished& finished, bool is_first) {
  engine::add(usage_, finished.usage);
  engine::add(timings_, finished.timings);
  if (!is_first) return;
  timings_.queue_ms = finished.timings.queue_ms;
  timings_.prompt_ms = finished.timings.prompt_ms;
}

void EditRun::on_finished(Attempt& attempt, engine::Finished&& finished) {
  if (finished.reason == engine::FinishReason::kCancelled) return fail(cancelled());
  add_text(attempt, finished.text);
  attempt.finished = std::move(finished);
  const bool all = std::all_of(attempts_.begin(), attempts_.end(),
                               [](const Attempt& one) { return one.finished.has_value(); });
  if (all) parts_.files.post([self = shared_from_this()] { self->finish(); });
}

void EditRun::finish() {
  const auto steps = [this]() -> Result<> {
    // All may have ended before the cancellation reached them; their texts are cut short then.
    if (cancel_->cancelled()) return cancelled();
    CROMWELL_ASSIGN(const std::string new_bytes, choose());
    if (cancel_->cancelled()) return cancelled();
    if (attempts_.size() > 1) sink_(EditToken{.text = winner_->text});
    if (!diff_.patch.empty()) CROMWELL_TRY(record(new_bytes));
    show();
    return request_.apply && !diff_.patch.empty() ? apply() : Result<>();
  };
  if (auto result = steps(); !result) return fail(std::move(result).error());

  end(EditDone{.finish_reason = diff_.patch.empty() ? "no_change" : "stop",
               .confidence = static_cast<float>(std::exp(winner_->mean_logprob())),
               .usage = usage_,
               .timings = timings_,
               .has_prediction = request_.prediction.has_value()});
}

// The likeliest attempt that passes; where none does, the likeliest one's error.
Result<std::string> EditRun::choose() {
  std::stable_sort(attempts_.begin(), attempts_.end(), [](const Attempt& a, const Attempt& b) {
    return a.mean_logprob() > b.mean_logprob();
  });
  std::optional<Error> first_error;
  for (const Attempt& attempt : attempts_) {
    const auto attempted = [&]() -> Result<std::string> {
      CROMWELL_ASSIGN(const std::string text, new_region(attempt));
      CROMWELL_ASSIGN(std::string new_bytes, base_->replace(region_.range, text));
      CROMWELL_TRY(check_new_file(new_bytes));
      CROMWELL_TRY(make_diff(new_bytes));
      return new_bytes;
    };
    auto result = attempted();
    if (result) {
      winner_ = &attempt;
      return result;
    }
    if (!first_error) first_error = std::move(result).error();
  }
  return std::move(*first_error);
}

// The region's new text, if the answer is one.
Result<std::string> EditRun::new_region(const Attempt& attempt) const {
  if (attempt.finished->reason == engine::FinishReason::kLength) {
    std::string limits = "max_tokens is " + std::to_string(request_.max_tokens);
    if (request_.max_predict_ms > 0) {
      limits += ", t_max_predict_ms " + std::to_string(request_.max_predict_ms);
    }
    return Error{.code = ErrorCode::kNoValidEdit,
                 .message = "the model's answer was cut after " +
                            std::to_string(attempt.finished->usage.completion_tokens) +
                            " tokens (" + limits + "); nothing changed"};
  }
  CROMWELL_ASSIGN(const std::string shown, protocol_->parse(prompt_, with_lf(attempt.text)));
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
  if (new_bytes == base_->bytes()) return {};
  CROMWELL_ASSIGN(checks_, run_checks(parts_.options.checks.get(), snapshot_->resolved, new_file));
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
  sink_(EditDiff{.file = request_.file,
                 .diff = diff_,
                 .validation = {.applies = true, .parses = parses_, .checks = checks_}});
}

// Keeps the edit, so that it can be applied later and by its id.
Result<> EditRun::record(const std::string& new_bytes) {
  workspace::EditRecord record;
  record.id = id_;
  record.workspace = snapshot_->workspace;
  record.root = snapshot_->root;
  record.instruction = request_.instruction;
  record.created = std::chrono::system_clock::now();
  record.files.push_back({.file = request_.file,
                          .resolved = snapshot_->resolved,
                          .base_sha256 = base_sha256_,
                          .new_sha256 = base::sha256_hex(new_bytes),
                          .patch = diff_.patch,
                          .old_bytes = base_->bytes(),
                          .new_bytes = new_bytes});
  return parts_.store->propose(std::move(record));
}

Result<> EditRun::apply() {
  CROMWELL_ASSIGN(const workspace::Applied applied,
                  parts_.store->apply(id_, {.merge = request_.merge}));
  for (const workspace::AppliedFile& file : applied.files) {
    sink_(EditApplied{.file = file.file,
                      .id = applied.id,
                      .sha256 = file.sha256,
                      .guarantee = applied.guarantee});
  }
  return {};
}

void EditRun::fail(Error error) {
  EditFailed failed{.error = std::move(error),
                    .usage = usage_,
                    .has_prediction = request_.prediction.has_value()};
  if (failed.error.code == ErrorCode::kNoValidEdit) {
    for (Attempt& attempt : attempts_) failed.attempts.push_back(std::move(attempt.text));
  }
  if (attempts_.size() > 1) cancel_->cancel();  // where one failed, the others need not go on
  end(std::move(failed));
}

// The run may die here: its sink and on_end_ are the last things that it touches.
void EditRun::end(EditEvent&& last) {
  ended_ = true;
  const EditSink sink = std::move(sink_);
  const std::function<void()> on_end = std::move(on_end_);
  sink(std::move(last));
  on_end();
}

}  // namespace cromwell::edit
