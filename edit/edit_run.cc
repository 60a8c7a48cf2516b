#include "edit/edit_run.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "edit/lines.h"
#include "edit/request_check.h"
#include "engine/draft_chain.h"
#include "engine/prompt_lookup.h"
#include "engine/random.h"
#include "engine/region_cursor.h"

namespace cromwell::edit {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error cancelled() {
  return {.code = ErrorCode::kCancelled, .message = "the edit was cancelled; nothing changed"};
}

bool changes_something(const Proposal& proposal) { return !proposal.diff.patch.empty(); }

bool is_same(const workspace::Hunk& a, const workspace::Hunk& b) {
  return a.old_start == b.old_start && a.new_start == b.new_start && a.lines == b.lines;
}

}  // namespace

EditRun::EditRun(const EditParts& parts, EditRequest request, EditSink sink,
                 std::shared_ptr<base::CallSwitch> call_switch, std::function<void()> on_end)
    : parts_(parts),
      request_(std::move(request)),
      sink_(std::move(sink)),
      call_switch_(std::move(call_switch)),
      on_end_(std::move(on_end)),
      id_(workspace::EditStore::new_id()) {
  if (request_.session.empty()) request_.session = "session-" + id_;
}

Result<std::vector<tokenizer::TokenId>> EditRun::prompt_ids() {
  CROMWELL_TRY(check_request(request_, parts_.options.max_instruction_bytes));
  CROMWELL_TRY(read());
  CROMWELL_TRY(write());
  return std::move(prompt_.prompt.ids);
}

void EditRun::prepare() {
  const auto steps = [this]() -> Result<> {
    CROMWELL_TRY(check_request(request_, parts_.options.max_instruction_bytes));
    CROMWELL_TRY(read());
    CROMWELL_TRY(choose_context());
    return begin();
  };
  // After submit() the run is the engine's: nothing of it may be touched here any more.
  if (auto result = steps(); !result) fail(std::move(result).error());
}

Result<> EditRun::choose_protocol() {
  if (request_.protocol.empty()) {
    protocol_ = parts_.options.protocol != nullptr ? parts_.options.protocol
                                                   : &default_protocol({}, *parts_.tokenizer);
    return {};
  }
  CROMWELL_ASSIGN(protocol_, find_protocol(request_.protocol));
  return protocol_->check_model(*parts_.tokenizer);
}

Result<> EditRun::read() {
  CROMWELL_TRY(choose_protocol());
  if (request_.files.size() > 1 && !protocol_->takes_several_files()) {
    return Error{.code = ErrorCode::kInvalidRequest,
                 .message = "protocol: " + std::string(protocol_->name()) + " is for one file",
                 .param = "protocol"};
  }
  CROMWELL_ASSIGN(targets_, read_targets(*parts_.workspace, request_, protocol_->region_kind()));
  is_checked_ = std::any_of(targets_.begin(), targets_.end(), [&](const EditTarget& one) {
    return has_check(parts_.options.checks.get(), one.snapshot.resolved, one.base);
  });
  return {};
}

// Without a budget nothing is looked for, unless the request asks what there would be.
Result<> EditRun::choose_context() {
  const int budget = request_.context.budget.value_or(parts_.options.context_tokens);
  if (budget <= 0 && !request_.explain) return {};
  std::vector<ContextTarget> shown;
  for (const EditTarget& one : targets_) {
    shown.push_back({one.snapshot, one.base, one.region.range, request_.instruction});
  }
  CROMWELL_ASSIGN(context_,
                  find_shared_context({*parts_.workspace, parts_.indexes, *parts_.tokenizer}, shown,
                                      request_.context, budget));
  return {};
}

Result<> EditRun::write() {
  if (go_on_) {
    prompt_.prompt = *std::exchange(go_on_, std::nullopt);
    return {};
  }
  CROMWELL_ASSIGN(prompt_, write_prompt(parts_, *protocol_, request_, {targets_, at_, answered_},
                                        context_, complaint_));
  return {};
}

Result<> EditRun::begin() {
  CROMWELL_TRY(write());
  if (call_switch_->cancelled()) return cancelled();
  return submit();
}

Result<> EditRun::submit() {
  attempts_.restart(request_.candidates);
  // Candidates have seeds in a row and rounds the same, so that one number says them all.
  if (!request_.sampling.seed) request_.sampling.seed = engine::random_seed();
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
  engine::GenerateRequest first = generation();
  live_.reset();
  if (attempts_.size() == 1) {
    std::shared_ptr<engine::Detours> detours;
    if (!first.constraint) {
      detours = std::make_shared<engine::Detours>();
      first.constraint = std::make_unique<engine::DetourConstraint>(detours);
    }
    live_.emplace(AnswerWatch(target(), *protocol_, prompt_.prompt,
                              is_exact(*protocol_, request_.instruction)),
                  std::move(detours), parts_.options.max_detours);
  }
  // Before it starts, since the first tokens may already lead nowhere, and a cancellation may have
  // come before there was anything to cancel.
  CROMWELL_TRY(
      parts_.engine.submit(std::move(first), sink_of(0), std::move(forks), [this](const auto& all) {
        first_ = all.front();
        call_switch_->watch([all] {
          for (const engine::Generation& one : all) one.cancel();
        });
      }));
  return {};
}

// What the rounds before have left of the time to write in.
int EditRun::predict_ms_left() const {
  const double left = request_.max_predict_ms - attempts_.timings().predict_ms;
  return static_cast<int>(std::max(0.0, std::ceil(left)));
}

engine::GenerateRequest EditRun::generation() const {
  engine::GenerateRequest generation;
  generation.session = request_.session;
  generation.priority = request_.priority;
  generation.prompt = prompt_.prompt.ids;
  generation.max_tokens = request_.max_tokens;
  generation.adapter = request_.adapter;
  generation.sampling = request_.sampling;
  generation.stop = prompt_.prompt.stop;
  generation.stop.insert(generation.stop.end(), request_.stop.begin(), request_.stop.end());
  generation.top_logprobs = 0;  // each token's own, for the confidence
  generation.max_prompt_ms = request_.max_prompt_ms;
  if (request_.max_predict_ms > 0) generation.max_predict_ms = predict_ms_left();
  generation.spelt = protocol_->spelt(*parts_.tokenizer);
  generation.constraint = protocol_->constraint(prompt_.prompt, {parts_.tokenizer, parts_.trie});
  generation.draft = draft();
  return generation;
}

// Most of the answer is what is there already, or what the client says it will be.
std::unique_ptr<engine::DraftSource> EditRun::draft() const {
  const Prompt& prompt = prompt_.prompt;
  TokenIds guessed = protocol_->draft(prompt, *parts_.tokenizer);
  if (request_.prediction) {
    const std::string shown = as_shown(target().region, with_lf(*request_.prediction));
    auto answer = protocol_->answer_for(prompt, shown, *parts_.tokenizer);
    if (answer) guessed = std::move(*answer);
  }
  auto cursor = std::make_unique<engine::RegionCursor>(std::move(guessed),
                                                       static_cast<int>(prompt.ids.size()));
  if (request_.prediction) return cursor;  // whose guesses are counted as the prediction's
  return std::make_unique<engine::DraftChain>(std::move(cursor),
                                              std::make_unique<engine::PromptLookup>());
}

void EditRun::on_event(std::size_t attempt, engine::Event&& event) {
  if (ended_) return;
  if (auto* started = std::get_if<engine::Started>(&event)) {
    on_started(attempt, *started);
  } else if (auto* progress = std::get_if<engine::Progress>(&event)) {
    if (attempt == 0) sink_(EditProgress{progress->processed, progress->total});
  } else if (auto* token = std::get_if<engine::Token>(&event)) {
    on_token(attempt, std::move(*token));
  } else if (auto* finished = std::get_if<engine::Finished>(&event)) {
    on_finished(attempt, std::move(*finished));
  } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
    fail(std::move(failed->error));
  }
}

void EditRun::on_started(std::size_t attempt, const engine::Started& started) {
  attempts_.started(attempt, started);
  if (attempt > 0 || round_ > 1 || at_ > 0) return;
  EditStarted start{.id = id_,
                    .session = request_.session,
                    .workspace = target().snapshot.workspace,
                    .file = target().snapshot.file,
                    .base_sha256 = target().base_sha256,
                    .protocol = std::string(protocol_->name()),
                    .region = target().region.range,
                    .prompt_tokens = started.prompt_tokens,
                    .cached_tokens = started.cached_tokens,
                    .seed = started.seed};
  if (!request_.files.empty()) {
    for (const EditTarget& one : targets_) {
      start.files.push_back({one.snapshot.file, one.base_sha256, one.region.range});
    }
  }
  start.context_used = prompt_.context_used;
  start.context_dropped = prompt_.context_dropped;
  if (request_.explain) start.context_explained = context_;
  sink_(std::move(start));
}

void EditRun::on_token(std::size_t attempt, engine::Token&& token) {
  // The generation may run for a moment after cancel(), until prepare() has handed it over.
  if (call_switch_->cancelled()) return;
  Attempt& mine = attempts_[attempt];
  if (live_ && live_->is_back_at(token.index)) go_on(mine, token.index);
  mine.add(token.scored, token.text);
  if (!live_) return;  // of several candidates only the winner's text is shown
  show_text(std::move(token.text));
  LiveAnswer::News news = live_->read(mine);
  for (workspace::Hunk& hunk : news.hunks) {
    sink_(EditHunk{.hunk = std::move(hunk), .file = name_of_several()});
  }
  if (news.rewind_to) first_.rewind_to(*news.rewind_to);
}

// What was written behind these tokens led nowhere, and is taken back now that there is other text.
void EditRun::go_on(Attempt& attempt, int tokens) {
  attempt.rewind_to(static_cast<std::size_t>(tokens));
  live_->go_on(attempt);
  sink_(EditRewind{.attempt = round_,
                   .to_bytes = static_cast<int>(attempt.text.size()),
                   .file = name_of_several()});
}

void EditRun::show_text(std::string text) {
  if (text.empty()) return;
  sink_(EditToken{.attempt = round_, .text = std::move(text), .file = name_of_several()});
}

// The file that is asked for, where there are others.
std::string EditRun::name_of_several() const {
  return request_.files.empty() ? std::string() : target().snapshot.file;
}

void EditRun::on_finished(std::size_t attempt, engine::Finished&& finished) {
  const bool was_cancelled = finished.reason == engine::FinishReason::kCancelled;
  if (!was_cancelled && !call_switch_->cancelled()) {
    attempts_[attempt].text += finished.text;
    if (live_) show_text(finished.text);
  }
  attempts_.finish(attempt, std::move(finished));
  if (was_cancelled) return fail(cancelled());
  if (!attempts_.all_finished()) return;
  (is_checked_ ? parts_.checking : parts_.files).post([self = shared_from_this()] {
    self->finish();
  });
}

void EditRun::finish() {
  const auto steps = [this]() -> Result<> {
    // All may have ended before the cancellation reached them; their texts are cut short then.
    if (call_switch_->cancelled()) return cancelled();
    CROMWELL_TRY(choose());
    if (call_switch_->cancelled()) return cancelled();
    if (!live_) show_text(winner_->text);
    show_hunks();
    const auto begin = protocol_->region_begins(prompt_.prompt, winner_->text);
    confidence_ = std::min(confidence_, confidence_of(*winner_, begin, target().region.shown));
    proposals_.push_back(std::move(proposal_));
    return has_next() ? go_to_next() : settle();
  };
  const bool was_last = !has_next();
  if (auto result = steps(); !result) {
    if (result.error().code == ErrorCode::kNoValidEdit && retry()) return;
    return fail(std::move(result).error());
  }
  if (!was_last) return;
  const bool changes = std::any_of(proposals_.begin(), proposals_.end(), changes_something);
  end(EditDone{.finish_reason = changes ? "stop" : "no_change",
               .confidence = confidence_,
               .attempt = round_,
               .seed = winner_->seed,
               .refused = std::move(refused_),
               .usage = attempts_.usage(),
               .timings = attempts_.timings(),
               .has_prediction = request_.prediction.has_value()});
}

// After it the run is the engine's.
Result<> EditRun::go_to_next() {
  answered_ = answer_so_far(*protocol_, prompt_.prompt,
                            as_shown(target().region, proposals_.back().new_region), winner_->ids,
                            *parts_.tokenizer);
  winner_ = nullptr;
  complaint_.reset();
  go_on_.reset();
  round_ = 1;
  ++at_;
  if (request_.max_predict_ms > 0 && predict_ms_left() == 0) {
    return Error{.code = ErrorCode::kNoValidEdit,
                 .message = target().snapshot.file +
                            ": the model's answer was cut before it began (t_max_predict_ms " +
                            std::to_string(request_.max_predict_ms) + "); nothing changed"};
  }
  return begin();
}

// Keeps the edit, shows it, and applies it if that is asked for.
Result<> EditRun::settle() {
  const bool changes = std::any_of(proposals_.begin(), proposals_.end(), changes_something);
  if (changes) {
    CROMWELL_TRY(parts_.store->propose(record_of(id_, request_.instruction, targets_, proposals_)));
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const Proposal& one = proposals_[i];
    sink_(EditDiff{
        .file = targets_[i].snapshot.file,
        .diff = one.diff,
        .validation = {.applies = true, .parses = one.verdict.parses, .checks = one.checks}});
  }
  return request_.apply && changes ? apply() : Result<>();
}

// The likeliest attempt that passes and changes something; else one that changes nothing; where
// none passes, the likeliest one's error. To repeat what is there is what a model is always surest
// of: by likelihood alone it would win over every change.
Result<> EditRun::choose() {
  complaint_.reset();
  go_on_.reset();
  std::optional<Error> first_error;
  for (const Attempt& attempt : attempts_.likeliest_first()) {
    auto proposal = proposal_of(attempt);
    const bool has_fault = proposal && proposal->verdict.parses == false;
    if (proposal && !has_fault) {
      const bool changes = changes_something(*proposal);
      if (winner_ == nullptr || changes) {
        winner_ = &attempt;
        proposal_ = std::move(*proposal);
      }
      if (changes) return {};
      continue;
    }
    if (!complaint_ && !go_on_) {  // of the likeliest that can be helped
      go_on_ = after_explanation(asked(), attempt);
      if (!go_on_ && has_fault) complaint_ = complaint_of(*proposal, target());
    }
    Error error = has_fault ? syntax_refusal(proposal->verdict.error) : std::move(proposal).error();
    if (!request_.files.empty()) error.message = target().snapshot.file + ": " + error.message;
    refused_.push_back({.attempt = round_,
                        .text = attempt.text,
                        .reason = error.message,
                        .file = name_of_several()});
    if (!first_error) first_error = std::move(error);
  }
  if (winner_ != nullptr) return {};
  return std::move(*first_error);
}

// What the attempt makes of the file; where that is a change that parses, the user's own checks
// have passed it.
Result<Proposal> EditRun::proposal_of(const Attempt& attempt) const {
  CROMWELL_ASSIGN(Proposal proposal, propose(request_, target(), asked(), attempt));
  const bool changes_soundly = proposal.verdict.parses != false && changes_something(proposal);
  if (parts_.options.checks == nullptr || !changes_soundly) return proposal;
  CROMWELL_ASSIGN(const auto new_file, workspace::TextFile::parse(proposal.new_bytes));
  CROMWELL_ASSIGN(proposal.checks,
                  run_checks(parts_.options.checks.get(), target().snapshot.resolved, new_file));
  return proposal;
}

// Another round, in which the model is told of its syntax error or goes on after an explanation.
// True: the run is the engine's.
bool EditRun::retry() {
  if ((!complaint_ && !go_on_) || round_ > request_.retries) return false;
  if (request_.max_predict_ms > 0 && predict_ms_left() == 0) return false;
  const EditPrompt before = prompt_;
  if (live_) sink_(EditRewind{.attempt = round_, .to_bytes = 0, .file = name_of_several()});
  ++round_;
  if (begin()) return true;
  --round_;
  prompt_ = before;
  return false;
}

// Those that have not been shown while the answer was written. Where that showed others, the answer
// came to be read in another way: then the diff alone says what is.
void EditRun::show_hunks() {
  const std::vector<workspace::Hunk> all = hunks_between(
      target().region, proposal_.new_region, is_exact(*protocol_, request_.instruction));
  const std::size_t shown = live_ ? live_->hunks().size() : 0;
  if (shown > all.size()) return;
  if (shown > 0 && !std::equal(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown),
                               live_->hunks().begin(), is_same)) {
    return;
  }
  for (std::size_t i = shown; i < all.size(); ++i) {
    sink_(EditHunk{.hunk = all[i], .file = name_of_several()});
  }
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
                    .usage = attempts_.usage(),
                    .has_prediction = request_.prediction.has_value()};
  if (failed.error.code == ErrorCode::kNoValidEdit) failed.attempts = std::move(refused_);
  if (attempts_.size() > 1) call_switch_->cancel();  // where one failed, the others need not go on
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
