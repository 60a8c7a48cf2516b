#include "clients/python/in_process.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "api/composition.h"
#include "api/service.h"
#include "base/file_system.h"
#include "base/memory.h"
#include "edit/edit_service.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/session_store.h"
#include "workspace/edit_store.h"
#include "workspace/file_index.h"
#include "workspace/file_walk.h"
#include "workspace/workspace.h"

namespace cromwell::python {
namespace {

using base::Error;
using base::Result;

Result<engine::LoadedModel> load(const InProcessOptions& options) {
  std::vector<engine::LoraOption> adapters;
  for (const std::string& lora : options.loras) {
    CROMWELL_ASSIGN(engine::LoraOption option, engine::parse_lora_option(lora));
    adapters.push_back(std::move(option));
  }
  CROMWELL_ASSIGN(
      auto loaded,
      engine::load_model(options.model,
                         {.threads = options.threads,
                          .kv_memory_bytes = options.kv_memory_bytes,
                          .context_limit = options.context,
                          .chat_template = options.chat_template,
                          .tokenizer = options.tokenizer,
                          .adapters = std::move(adapters),
                          .packed_bytes_limit = base::available_memory("/sys", "/proc") / 2}));
  if (!loaded.chat_template) return loaded.chat_template_error;
  return loaded;
}

Result<> make_folder(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (!ec) return {};
  return Error{.code = base::ErrorCode::kIo, .message = path + ": " + ec.message()};
}

// What must be there before an Impl is.
struct Parts {
  engine::LoadedModel model;
  std::shared_ptr<workspace::Workspace> workspace;
  std::shared_ptr<workspace::EditStore> edits;
  std::unique_ptr<engine::SessionStore> sessions;
  edit::Indexes indexes;
};

}  // namespace

struct InProcess::Impl {
  explicit Impl(Parts given)
      : model(std::move(given.model)),
        sessions(std::move(given.sessions)),
        engine(std::move(model.model), model.tokenizer, {}),
        edits(engine, model.tokenizer, *model.chat_template, given.workspace,
              std::move(given.edits), api::edit_options_for(model), given.indexes),
        service(parts(given)) {}

  api::ServiceParts parts(const Parts& given) {
    auto parts =
        api::service_parts_for(model, engine, edits, *sessions, given.workspace, given.indexes);
    parts.metrics_text = [] { return std::string(); };
    return parts;
  }

  // Each uses those above it.
  engine::LoadedModel model;
  std::unique_ptr<engine::SessionStore> sessions;
  engine::Engine engine;
  edit::EditService edits;
  api::Service service;
};

InProcess::InProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

InProcess::~InProcess() {
  impl_->service.set_draining();
  impl_->engine.drain(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<InProcess>> InProcess::open(const InProcessOptions& options) {
  Parts parts;
  CROMWELL_ASSIGN(parts.workspace, workspace::Workspace::open(options.roots));
  CROMWELL_TRY(make_folder(options.state_folder));
  CROMWELL_ASSIGN(parts.edits,
                  workspace::EditStore::open(options.state_folder + "/edits", parts.workspace));
  CROMWELL_ASSIGN(parts.sessions, engine::SessionStore::open(options.state_folder + "/sessions",
                                                             base::posix_file_system()));
  CROMWELL_ASSIGN(parts.model, load(options));
  CROMWELL_ASSIGN(parts.indexes,
                  edit::open_indexes(*parts.workspace, workspace::read_user_excludes()));
  return std::unique_ptr<InProcess>(new InProcess(std::make_unique<Impl>(std::move(parts))));
}

std::shared_ptr<Answer> InProcess::send(api::HttpRequest request) {
  auto answer = std::make_shared<Answer>();
  impl_->service.handle(std::move(request), Answer::make_responder(answer));
  return answer;
}

}  // namespace cromwell::python
