#include "engine/engine_loop.h"

#include <string>
#include <utility>

#include "base/log.h"

namespace cromwell::engine {
namespace {

base::Error model_has_failed() {
  return {.code = base::ErrorCode::kUnavailable, .message = "the model has failed"};
}

}  // namespace

EngineLoop::EngineLoop(std::unique_ptr<model::LanguageModel> model,
                       std::unique_ptr<model::LanguageModel> draft_model,
                       std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                       const EngineOptions& options, std::shared_ptr<Mailbox> mailbox)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      mailbox_(std::move(mailbox)),
      scheduler_(*model_, options, *mailbox_, draft_model != nullptr),
      draft_model_(draft_model == nullptr ? nullptr
                                          : std::make_unique<DraftModel>(std::move(draft_model),
                                                                         options.draft_pass_times)),
      cost_(options.pass_times ? PassCost(*options.pass_times) : PassCost()),
      former_(options, *model_, cost_, draft_model_.get()),
      sampler_(model_->vocab_size(), tokenizer_.get()) {}

template <class Action>
void EngineLoop::for_all(Action action) {
  for (const auto& sequence : scheduler_.running()) action(*sequence);
  for (const auto& sequence : scheduler_.waiting()) action(*sequence);
}

void EngineLoop::run() {
  for (;;) {
    const bool busy = !scheduler_.running().empty() || !scheduler_.waiting().empty();
    const auto orders = mailbox_->take(busy, commands_);
    for (Command& command : commands_) {
      std::visit([&](auto&& order) { apply(std::move(order)); }, std::move(command));
    }
    commands_.clear();
    if (orders.expel) {
      for_all([](Sequence& sequence) {
        sequence.fail(
            {.code = base::ErrorCode::kUnavailable, .message = "the engine is shutting down"});
      });
    }
    if (orders.close) return cancel_all();
    for_all([](Sequence& sequence) { sequence.check_limits(); });
    retire_ended();
    scheduler_.admit();
    scheduler_.publish_sessions();
    mailbox_->publish_step(status());
    if (!scheduler_.running().empty()) step();
  }
}

void EngineLoop::cancel_all() {
  // Twice if need be: a generation that ends early leaves its waiting forks to themselves.
  while (!scheduler_.running().empty() || !scheduler_.waiting().empty()) {
    for_all([](Sequence& sequence) { sequence.end(FinishReason::kCancelled); });
    retire_ended();
  }
}

// --- Commands.

void EngineLoop::apply(SubmitCommand&& command) {
  replace_older(command.request);
  auto sequence = std::make_unique<Sequence>(std::move(command), *tokenizer_, scheduler_.pool());
  if (model_failed_) sequence->fail(model_has_failed());
  scheduler_.enqueue(std::move(sequence));
}

void EngineLoop::replace_older(const GenerateRequest& newer) {
  for_all([&](Sequence& sequence) {
    if (!sequence.is_replaced_by(newer)) return;
    if (sequence.priority() == Priority::kWarm) return sequence.end(FinishReason::kCancelled);
    sequence.fail({.code = base::ErrorCode::kConflict,
                   .message = "a newer request of the session has taken its place",
                   .param = "session"});
  });
  retire_ended();  // before the newer one's turn is taken: it gets what they do not need any more
}

void EngineLoop::apply(RewindCommand&& command) {
  if (Sequence* sequence = scheduler_.find(command.id)) sequence->rewind_to(command.tokens);
}

void EngineLoop::apply(ReplaceDraftCommand&& command) {
  if (Sequence* sequence = scheduler_.find(command.id)) {
    sequence->replace_draft(std::move(command.draft));
  }
}

void EngineLoop::apply(ForkCommand&& command) {
  if (command.refused) {
    base::Error error = std::move(*command.refused);
    return refuse(std::move(command), std::move(error));
  }
  Sequence* parent = scheduler_.find(command.parent);
  if (parent == nullptr || parent->ended()) {
    return refuse(std::move(command), {.code = base::ErrorCode::kConflict,
                                       .message = "fork: the generation has ended"});
  }
  if (!parent->can_fork()) {
    return refuse(std::move(command), {.code = base::ErrorCode::kConflict,
                                       .message = "fork: the constraint cannot be cloned"});
  }
  if (!parent->prompt_done()) {
    parent->forks_after_prompt().push_back(std::move(command));
    return;
  }
  scheduler_.add_fork(std::make_unique<Sequence>(std::move(command), *parent, scheduler_.pool()));
}

void EngineLoop::apply(DropSessionCommand&& command) {
  scheduler_.drop_session(command.session);
  // A text may have been put there after its name was deleted from the directory.
  mailbox_->session_changed({.id = command.session});
}

void EngineLoop::apply(PinSessionCommand&& command) {
  scheduler_.pin_session(command.session, command.pinned);
  mailbox_->pin_applied(command.session, command.pinned);
}

void EngineLoop::apply(CopySessionCommand&& command) {
  command.answer.set_value(scheduler_.copy_session(command.session, command.from_page));
}

void EngineLoop::apply(PutSessionCommand&& command) {
  bool is_busy = false;
  for_all([&](Sequence& sequence) { is_busy |= sequence.session() == command.session; });
  if (is_busy) {
    return command.answer.set_value(
        base::Error{.code = base::ErrorCode::kConflict,
                    .message = "the session has a running or waiting generation",
                    .param = "session"});
  }
  command.answer.set_value(scheduler_.put_session(command.session, command.text));
}

void EngineLoop::refuse(ForkCommand&& command, base::Error error) {
  mailbox_->leave("", Priority::kNormal, status());
  if (command.sink) std::exchange(command.sink, {})(Failed{std::move(error)});
  mailbox_->delivered();
}

// --- One step.

void EngineLoop::step() {
  scheduler_.secure_pages();
  former_.form(scheduler_.running());
  const auto begun = Clock::now();
  if (const auto done = forward(); !done) {
    base::log(base::LogLevel::kError, "the model has failed: " + done.error().message);
    model_failed_ = true;
    mailbox_->publish_failure();
    for_all([&](Sequence& sequence) { sequence.fail(done.error()); });
    retire_ended();
    scheduler_.drop_all_texts();
    return;
  }
  hand_out_logits();
  note_time(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
  retire_ended();
}

base::Result<> EngineLoop::forward() {
  if (former_.rows() > logit_rows_) {
    logit_rows_ = former_.rows();
    const auto vocab = static_cast<std::size_t>(model_->vocab_size());
    logits_.reset();
    logits_ =
        std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(logit_rows_) * vocab);
    summaries_.resize(static_cast<std::size_t>(logit_rows_));
  }
  const auto begin = Clock::now();
  CROMWELL_TRY(model_->forward(former_.batch(), logits_.get()));
  model_->summarize(logits_.get(), former_.rows(), summaries_.data());
  former_.took(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  return {};
}

void EngineLoop::hand_out_logits() {
  for (const Slice& slice : former_.slices()) {
    const Usage before = slice.sequence->usage();
    hand_out(slice);
    const Usage after = slice.sequence->usage();
    const auto added = [&](int Usage::* field) {
      return static_cast<std::uint64_t>(after.*field - before.*field);
    };
    counters_.generated_tokens += added(&Usage::completion_tokens);
    counters_.draft_tokens += added(&Usage::draft_tokens);
    counters_.accepted_tokens += added(&Usage::accepted_tokens);
    counters_.model_draft_tokens += added(&Usage::model_draft_tokens);
    counters_.model_accepted_tokens += added(&Usage::model_accepted_tokens);
  }
}

void EngineLoop::hand_out(const Slice& slice) {
  Sequence& sequence = *slice.sequence;
  const int vocab = model_->vocab_size();
  const auto first_row = static_cast<std::size_t>(slice.first_row);
  const LogitRows rows{.rows = logits_.get() + first_row * static_cast<std::size_t>(vocab),
                       .summaries = summaries_.data() + first_row,
                       .vocab_size = vocab};
  if (!sequence.reads_prompt()) {
    sequence.finish_decode(rows, sampler_);
    return share_new_pages(slice);
  }
  sequence.finish_chunk(slice.end - slice.begin, slice.logits_from, rows);
  share_new_pages(slice);
  if (sequence.pending() > 0) return;
  fork_after_prompt(sequence);
  sequence.take_first_token(rows.row(slice.end - 1 - slice.logits_from), sampler_);
}

void EngineLoop::share_new_pages(const Slice& slice) {
  const int whole_pages = slice.sequence->computed() / model::kPageTokens;
  if (whole_pages > slice.begin / model::kPageTokens) scheduler_.share_computed(*slice.sequence);
}

// A pass that reads a prompt too says nothing about decoding. `ms`: without what drafting took.
void EngineLoop::note_time(double ms) {
  const double step_ms = ms + (draft_model_ ? draft_model_->step_ms() : 0);
  counters_.columns.add(former_.columns());
  counters_.step_ms.add(step_ms);
  counters_.prompt_tokens += static_cast<std::uint64_t>(former_.prompt_tokens());
  if (former_.reads_prompts()) return;
  cost_.observe(former_.columns(), ms);
  const bool is_plain = former_.columns() == former_.writers();
  const double plain_ms = is_plain ? ms : cost_.ms(former_.writers());
  for (const Slice& slice : former_.slices()) slice.sequence->add_decode_time(step_ms, plain_ms);
}

// The prompt's keys and values are all there and nothing is generated yet: its forks begin here.
void EngineLoop::fork_after_prompt(Sequence& parent) {
  for (ForkCommand& fork : std::exchange(parent.forks_after_prompt(), {})) {
    scheduler_.add_fork(std::make_unique<Sequence>(std::move(fork), parent, scheduler_.pool()));
  }
}

// --- Ends.

void EngineLoop::retire_ended() {
  ended_.clear();
  for_all([&](Sequence& sequence) {
    if (sequence.ended()) ended_.push_back(&sequence);
  });
  for (Sequence* sequence : ended_) retire(*sequence);
}

void EngineLoop::retire(Sequence& sequence) {
  // Forks that waited for its prompt read that themselves now.
  for (ForkCommand& fork : std::exchange(sequence.forks_after_prompt(), {})) {
    if (model_failed_) {
      refuse(std::move(fork), model_has_failed());
    } else {
      scheduler_.add_fork(std::make_unique<Sequence>(std::move(fork), sequence, scheduler_.pool()));
    }
  }
  auto removed = scheduler_.remove(sequence);
  removed->count_ending(counters_);
  mailbox_->leave(removed->session(), removed->priority(), status());
  removed->deliver_ending();
  removed.reset();  // its sink too: who waits for delivered() may take away what that points to
  mailbox_->delivered();
}

}  // namespace cromwell::engine
