// EditRun: one edit from request to its last event. It hops between two places: file work runs on
// the file pool (prepare, finish), generation events arrive on the engine thread and are passed on
// at once. No two of its methods ever run at the same time, so that it needs no lock; what other
// threads may touch is its CancelSwitch.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task_queue.h"
#include "edit/cancel_switch.h"
#include "edit/edit_context.h"
#include "edit/edit_events.h"
#include "edit/edit_service.h"
#include "edit/protocol.h"
#include "edit/region.h"

namespace cromwell::edit {

// What all edits share; outlives every run.
struct EditParts {
  engine::Engine& engine;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  tokenizer::ChatTemplate chat_template;
  std::shared_ptr<workspace::Workspace> workspace;
  std::shared_ptr<workspace::EditStore> store;
  Indexes indexes;
  base::TaskQueue& files;
  EditServiceOptions options;
};

class EditRun : public std::enable_shared_from_this<EditRun> {
 public:
  // `on_end` is called once, after the last event; `parts` is not touched after it.
  EditRun(const EditParts& parts, EditRequest request, EditSink sink,
          std::shared_ptr<CancelSwitch> cancel, std::function<void()> on_end);

  // Only the prompt, and nothing runs; blocks on files.
  base::Result<std::vector<tokenizer::TokenId>> prompt_ids();

  void prepare();                // on the file pool: snapshot, region, prompt, submit
  void fail(base::Error error);  // ends the edit before prepare()

 private:
  base::Result<> check_request() const;
  base::Result<> read_base();
  base::Result<> choose_context();
  base::Result<> render();
  base::Error too_long(int region_tokens) const;
  base::Result<> check_encodable() const;
  base::Result<> submit();
  std::unique_ptr<engine::DraftSource> draft() const;

  // One candidate: what the model wrote, and how sure it was.
  struct Attempt {
    std::string text;
    double logprob_sum = 0;
    int tokens = 0;
    std::optional<engine::Finished> finished;

    double mean_logprob() const { return tokens > 0 ? logprob_sum / tokens : 0; }
  };

  void on_event(std::size_t attempt, engine::Event&& event);  // engine thread
  void on_started(const engine::Started& started);
  void on_finished(Attempt& attempt, engine::Finished&& finished);
  void count(const engine::Finished& finished, bool is_first);
  void add_text(Attempt& attempt, const std::string& text);

  void finish();                       // on the file pool: parse, check, diff, record, apply
  base::Result<std::string> choose();  // the new bytes, by the first attempt that is an edit
  base::Result<std::string> new_region(const Attempt& attempt) const;
  base::Result<> check_new_file(const std::string& new_bytes);
  base::Result<> make_diff(const std::string& new_bytes);
  base::Result<> record(const std::string& new_bytes);
  void show();
  base::Result<> apply();

  void end(EditEvent&& last);

  const EditParts& parts_;
  EditRequest request_;
  EditSink sink_;
  std::shared_ptr<CancelSwitch> cancel_;
  std::function<void()> on_end_;

  const std::string id_;
  const Protocol* protocol_ = nullptr;
  std::optional<workspace::Snapshot> snapshot_;
  std::optional<workspace::TextFile> base_;  // what the patch applies to: the file or the buffer
  std::string base_sha256_;
  Region region_;
  Prompt prompt_;
  std::vector<workspace::ContextPiece> context_;
  std::vector<std::string> context_used_, context_dropped_;  // by name, for the start

  std::vector<Attempt> attempts_;  // one for each candidate; in finish() likeliest first
  const Attempt* winner_ = nullptr;
  engine::Usage usage_;  // of all attempts; the prompt and its times are the first's
  engine::Timings timings_;
  bool ended_ = false;  // the last event is out: what other candidates do no longer counts
  workspace::Diff diff_;
  std::optional<bool> parses_;  // none: it cannot be told
  std::vector<workspace::CheckResult> checks_;
};

}  // namespace cromwell::edit
