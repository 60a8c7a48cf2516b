// EditTarget: a file of an edit as it was when the edit began, and the lines of it that may change.
// Reading one is blocking file work; after that it does not change.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "edit/edit_events.h"
#include "edit/protocol.h"
#include "edit/region.h"
#include "tokenizer/tokenizer.h"
#include "workspace/text_file.h"
#include "workspace/workspace.h"

namespace cromwell::edit {

struct EditTarget {
  workspace::Snapshot snapshot;
  workspace::TextFile base;  // what the patch applies to: the file, or the editor's buffer
  std::string base_sha256;   // of `base`
  Region region;
};

// The request's files, each with its buffer in place of what is on disk, and the lines that may
// change: what the request selects or names, as far as the protocol leaves it the choice. A patch
// of a buffer applies to the buffer; the file takes it once that is saved. kFileChanged if a file
// is not what `base_sha256` says; kInvalidRequest if two are the same file; else errors of the
// workspace and of select_region().
base::Result<std::vector<EditTarget>> read_targets(const workspace::Workspace& workspace,
                                                   const EditRequest& request, RegionKind kind);

// kUnencodableText, with the line, where the vocabulary lacks a byte of the region.
base::Result<> check_encodable(const EditTarget& target, const tokenizer::Tokenizer& tokenizer);

}  // namespace cromwell::edit
