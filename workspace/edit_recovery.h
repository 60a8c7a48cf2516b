// What a crash left half done is brought to an end: by the journals in the edit store's folder.
#pragma once

#include "base/file_system.h"
#include "workspace/edit_files.h"
#include "workspace/workspace.h"

namespace cromwell::workspace {

// Every change that was interrupted is completed if it was committed, else undone, for all of its
// files. To be called under the store's lock, so that a journal that is found belongs to nobody who
// is still at work. Idempotent; what cannot be recovered now keeps its journal and is logged.
void recover_edits(const EditFiles& edits, const Workspace& workspace, base::FileSystem& files);

}  // namespace cromwell::workspace
