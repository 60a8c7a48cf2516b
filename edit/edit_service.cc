#include "edit/edit_service.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "edit/edit_run.h"
#include "edit/named_region.h"

namespace cromwell::edit {

namespace {

// The edits that have not ended. Shared with each run, because the last one may end while the
// service is being destroyed.
class Registry {
 public:
  // False if `limit` edits are running.
  bool add(std::shared_ptr<base::CallSwitch> edit, int limit) {
    std::lock_guard lock(mutex_);
    if (static_cast<int>(edits_.size()) >= limit) return false;
    edits_.emplace(edit.get(), edit);
    return true;
  }
  void remove(const base::CallSwitch* edit) {
    std::lock_guard lock(mutex_);
    edits_.erase(edit);
    if (edits_.empty()) empty_.notify_all();
  }
  void cancel_all() {
    std::map<const base::CallSwitch*, std::shared_ptr<base::CallSwitch>> edits;
    {
      std::lock_guard lock(mutex_);
      edits = edits_;
    }
    for (const auto& [unused, edit] : edits) edit->cancel();
  }
  void wait_until_empty() {
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return edits_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  std::map<const base::CallSwitch*, std::shared_ptr<base::CallSwitch>> edits_;  // guarded by mutex_
};

}  // namespace

struct EditService::Impl {
  Impl(engine::Engine& engine, std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
       tokenizer::ChatTemplate chat_template, std::shared_ptr<workspace::Workspace> workspace,
       std::shared_ptr<workspace::EditStore> store, EditServiceOptions options, Indexes indexes)
      : files(options.file_threads),
        parts{engine,
              std::move(tokenizer),
              std::move(chat_template),
              std::move(workspace),
              std::move(store),
              std::move(indexes),
              files,
              checking,
              std::make_shared<engine::LazyTrie>(),
              options} {}

  std::shared_ptr<Registry> registry = std::make_shared<Registry>();
  base::TaskQueue files;
  base::TaskQueue checking{1};  // as many as the checks' helper runs at a time
  const EditParts parts;
};

EditService::EditService(engine::Engine& engine,
                         std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                         tokenizer::ChatTemplate chat_template,
                         std::shared_ptr<workspace::Workspace> workspace,
                         std::shared_ptr<workspace::EditStore> store, EditServiceOptions options,
                         Indexes indexes)
    : impl_(std::make_unique<Impl>(engine, std::move(tokenizer), std::move(chat_template),
                                   std::move(workspace), std::move(store), options,
                                   std::move(indexes))) {}

EditService::~EditService() {
  impl_->registry->cancel_all();
  impl_->registry->wait_until_empty();
  impl_->checking.stop();
  impl_->files.stop();  // tasks that are still posted use this service
}

void EditService::start(EditRequest request, EditSink sink,
                        std::shared_ptr<base::CallSwitch> call_switch) {
  const std::shared_ptr<Registry> registry = impl_->registry;
  const int limit = impl_->parts.options.max_active;
  const bool accepted = registry->add(call_switch, limit);
  auto run =
      std::make_shared<EditRun>(impl_->parts, std::move(request), std::move(sink), call_switch,
                                [registry, call_switch] { registry->remove(call_switch.get()); });
  impl_->files.post([run, accepted, limit] {
    if (accepted) return run->prepare();
    run->fail({.code = base::ErrorCode::kQueueFull,
               .message = std::to_string(limit) + " edits are running, try again later"});
  });
}

base::Result<std::vector<tokenizer::TokenId>> EditService::common_prompt(
    EditRequest request) const {
  const auto prompt_for = [&](const char* instruction) {
    request.instruction = instruction;
    return EditRun(impl_->parts, request, {}, std::make_shared<base::CallSwitch>(), {})
        .prompt_ids();
  };
  // Two that have not a character in common.
  CROMWELL_ASSIGN(auto one, prompt_for("Add it"));
  CROMWELL_ASSIGN(const auto other, prompt_for("remove"));
  one.erase(std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first, one.end());
  return one;
}

workspace::EditStore& EditService::store() { return *impl_->parts.store; }

base::Result<ContextReport> EditService::explain_context(const ContextRequest& request) const {
  const EditParts& parts = impl_->parts;
  CROMWELL_ASSIGN(const workspace::Snapshot snapshot,
                  parts.workspace->read(request.workspace, request.file));
  auto lines = request.selection;
  if (!lines) lines = named_region(snapshot.text, request.file, request.instruction);
  CROMWELL_ASSIGN(const Region region, select_region(snapshot.text, lines));
  ContextReport report{
      .root = snapshot.root,
      .workspace = snapshot.workspace,
      .region = region.range,
      .budget_tokens = request.context.budget.value_or(parts.options.context_tokens)};
  CROMWELL_ASSIGN(report.pieces,
                  find_context({*parts.workspace, parts.indexes, *parts.tokenizer},
                               {snapshot, snapshot.text, region.range, request.instruction},
                               request.context, report.budget_tokens));
  return report;
}

void EditService::post(std::function<void()> task) { impl_->files.post(std::move(task)); }

}  // namespace cromwell::edit
