// EngineLoop: the engine thread. Take commands, see who is done, start who can, form a batch, run
// the model, hand each sequence its logits; again. Everything it owns is its thread's alone; others
// reach it through the mailbox.
#pragma once

#include <memory>
#include <vector>

#include "engine/batch_former.h"
#include "engine/engine.h"
#include "engine/mailbox.h"
#include "engine/sampler.h"
#include "engine/scheduler.h"

namespace cromwell::engine {

class EngineLoop {
 public:
  EngineLoop(std::unique_ptr<model::LanguageModel> model,
             std::unique_ptr<model::LanguageModel> draft_model,
             std::shared_ptr<const tokenizer::Tokenizer> tokenizer, const EngineOptions& options,
             std::shared_ptr<Mailbox> mailbox);

  void run();  // until the mailbox is closed

 private:
  void apply(SubmitCommand&& command);
  void apply(RewindCommand&& command);
  void apply(ReplaceDraftCommand&& command);
  void apply(ForkCommand&& command);
  void apply(DropSessionCommand&& command);
  void apply(PinSessionCommand&& command);
  void apply(CopySessionCommand&& command);
  void apply(PutSessionCommand&& command);

  void replace_older(const GenerateRequest& newer);
  void step();
  void cancel_all();
  base::Result<> forward();
  void hand_out_logits();
  void hand_out(const Slice& slice);
  void share_new_pages(const Slice& slice);
  void note_time(double ms);
  Mailbox::StepStatus status() const { return scheduler_.status(counters_); }
  void fork_after_prompt(Sequence& parent);
  void retire_ended();
  void retire(Sequence& sequence);
  void refuse(ForkCommand&& command, base::Error error);
  template <class Action>
  void for_all(Action action);

  std::unique_ptr<model::LanguageModel> model_;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer_;
  std::shared_ptr<Mailbox> mailbox_;
  Scheduler scheduler_;
  std::unique_ptr<DraftModel> draft_model_;  // may be null
  PassCost cost_;
  BatchFormer former_;
  Sampler sampler_;
  std::vector<Command> commands_;
  std::vector<Sequence*> ended_;
  std::unique_ptr<float[]> logits_;             // [logit_rows_, vocab_size], grows
  std::vector<model::LogitSummary> summaries_;  // [logit_rows_]
  int logit_rows_ = 0;
  bool model_failed_ = false;
  EngineCounters counters_;
};

}  // namespace cromwell::engine
