// LocalRecords: the edits that this command made in its own process, kept apart from those of the
// daemon, which owns its state folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "workspace/edit_store.h"

namespace cromwell::cli {

// Their store, for edits of files of the workspace.
base::Result<std::shared_ptr<workspace::EditStore>> open_records(
    std::shared_ptr<workspace::Workspace> workspace);

base::Result<workspace::Applied> apply_local(const std::string& id);
base::Result<workspace::Applied> revert_local(const std::string& id);
base::Result<std::vector<workspace::EditRecord>> list_local();

}  // namespace cromwell::cli
