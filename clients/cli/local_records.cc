#include "clients/cli/local_records.h"

#include <cstdlib>
#include <filesystem>

#include "base/file_system.h"
#include "workspace/workspace.h"

namespace cromwell::cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using workspace::EditStore;
using workspace::Workspace;

Result<std::string> state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/cromwell/command";
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/state/cromwell/command";
  return Error{.code = ErrorCode::kInvalidRequest,
               .message = "HOME is not set: no place for the record of an edit"};
}

// Enough to read records; to write a file, its own root must be open.
Result<std::shared_ptr<EditStore>> open_anywhere() {
  CROMWELL_ASSIGN(auto here, Workspace::open({"."}));
  return open_records(std::move(here));
}

Result<std::shared_ptr<EditStore>> open_store_of(const std::string& id) {
  CROMWELL_ASSIGN(const auto store, open_anywhere());
  CROMWELL_ASSIGN(const workspace::EditRecord record, store->get(id));
  CROMWELL_ASSIGN(auto root, Workspace::open({record.root}));
  return open_records(std::move(root));
}

}  // namespace

Result<std::shared_ptr<EditStore>> open_records(std::shared_ptr<Workspace> workspace) {
  CROMWELL_ASSIGN(const std::string state, state_folder());
  std::error_code code;
  std::filesystem::create_directories(std::filesystem::path(state).parent_path(), code);
  return EditStore::open(state, std::move(workspace), base::posix_file_system());
}

Result<workspace::Applied> apply_local(const std::string& id) {
  CROMWELL_ASSIGN(const auto store, open_store_of(id));
  return store->apply(id);
}

Result<workspace::Applied> revert_local(const std::string& id) {
  CROMWELL_ASSIGN(const auto store, open_store_of(id));
  return store->revert(id);
}

Result<std::vector<workspace::EditRecord>> list_local() {
  CROMWELL_ASSIGN(const auto store, open_anywhere());
  return store->list();
}

}  // namespace cromwell::cli
