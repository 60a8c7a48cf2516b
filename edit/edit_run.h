// EditRun: one edit from request to its last event: the order of its steps and who is told. It hops
// between two places: file work runs on the file pool (prepare, finish), generation events arrive
// on the engine thread and are passed on at once. No two of its methods ever run at the same time,
// so that it needs no lock; what other threads may touch is its CallSwitch. What the steps do is
// elsewhere: edit/edit_target, edit/edit_prompt, edit/attempts, edit/proposal.
// Several files are asked for one after the other, each a generation whose prompt ends with what
// was answered for those before it; all of them or none become an edit.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/call_switch.h"
#include "edit/attempts.h"
#include "edit/edit_events.h"
#include "edit/edit_parts.h"
#include "edit/edit_prompt.h"
#include "edit/edit_target.h"
#include "edit/live_answer.h"
#include "edit/proposal.h"
#include "edit/protocol.h"

namespace cromwell::edit {

class EditRun : public std::enable_shared_from_this<EditRun> {
 public:
  // `on_end` is called once, after the last event; `parts` is not touched after it.
  EditRun(const EditParts& parts, EditRequest request, EditSink sink,
          std::shared_ptr<base::CallSwitch> call_switch, std::function<void()> on_end);

  // Only the prompt, and nothing runs; blocks on files.
  base::Result<std::vector<tokenizer::TokenId>> prompt_ids();

  void prepare();                // on the file pool: snapshot, region, prompt, submit
  void fail(base::Error error);  // ends the edit before prepare()

 private:
  base::Result<> choose_protocol();
  base::Result<> read();
  base::Result<> choose_context();
  base::Result<> write();
  base::Result<> begin();  // write and submit
  base::Result<> submit();
  engine::GenerateRequest generation() const;
  std::unique_ptr<engine::DraftSource> draft() const;

  void on_event(std::size_t attempt, engine::Event&& event);  // engine thread
  void on_started(std::size_t attempt, const engine::Started& started);
  void on_token(std::size_t attempt, engine::Token&& token);
  void on_finished(std::size_t attempt, engine::Finished&& finished);
  void show_text(std::string text);
  void go_on(Attempt& attempt, int tokens);

  // On the file pool, or that of checks: choose, then the next file, or record, show, apply.
  void finish();
  base::Result<> choose();
  bool has_next() const { return at_ + 1 < targets_.size(); }
  base::Result<> go_to_next();
  base::Result<> settle();
  base::Result<Proposal> proposal_of(const Attempt& attempt) const;
  bool retry();
  const EditTarget& target() const { return targets_[at_]; }
  PromptedProtocol asked() const { return {*protocol_, prompt_.prompt, *parts_.tokenizer}; }
  std::string name_of_several() const;
  int predict_ms_left() const;
  void show_hunks();
  base::Result<> apply();
  void end(EditEvent&& last);

  const EditParts& parts_;
  EditRequest request_;
  EditSink sink_;
  std::shared_ptr<base::CallSwitch> call_switch_;
  std::function<void()> on_end_;

  const std::string id_;
  const Protocol* protocol_ = nullptr;
  std::vector<EditTarget> targets_;
  bool is_checked_ = false;  // the user has checks for one of them
  std::vector<workspace::ContextPiece> context_;
  EditPrompt prompt_;

  std::size_t at_ = 0;        // which of the targets is asked for; what follows is of that one
  TokenIds answered_;         // for those before it
  int round_ = 1;             // what the stream calls an attempt: candidates side by side
  Attempts attempts_;         // of this round, one for each candidate
  engine::Generation first_;  // the first candidate's
  std::optional<LiveAnswer> live_;  // where there is one candidate
  bool ended_ = false;  // the last event is out: what other candidates do no longer counts
  Proposal proposal_;
  const Attempt* winner_ = nullptr;      // whose proposal it is
  std::optional<PromptNote> complaint_;  // what the model is told when it tries again
  std::optional<Prompt> go_on_;          // or how it goes on where it explained first

  std::vector<Proposal> proposals_;  // of the targets that are done
  std::vector<RefusedAnswer> refused_;
  float confidence_ = 1;
};

}  // namespace cromwell::edit
