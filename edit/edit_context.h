// Edit context: what of the workspace is shown to the model beside the region: asks the index and
// the workspace, and lets workspace/context choose. Blocking file work; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "edit/edit_events.h"
#include "tokenizer/tokenizer.h"
#include "workspace/context.h"
#include "workspace/file_index.h"
#include "workspace/workspace.h"

namespace cromwell::edit {

using Indexes = std::vector<std::shared_ptr<workspace::FileIndex>>;  // one for each root
// Null: there is none of this root.
const workspace::FileIndex* index_of(const Indexes& indexes, const std::string& root);

// `cache_folder`: of these indexes alone; empty: they are made anew at each start.
base::Result<Indexes> open_indexes(const workspace::Workspace& workspace,
                                   const std::string& user_excludes,
                                   const std::string& cache_folder = {});

// Tokens of context for a model of so many parameters, where the request names no budget. Small
// models take what they are shown for what they are asked to change (docs/context.md).
int default_context_tokens(std::uint64_t parameters);

struct ContextParts {
  const workspace::Workspace& workspace;
  const Indexes& indexes;
  const tokenizer::Tokenizer& tokenizer;
};

struct ContextTarget {
  const workspace::Snapshot& snapshot;
  const workspace::TextFile& text;  // the file's, or the editor's buffer
  workspace::LineRange region;
  std::string_view instruction;
};

// Best first, with paths relative to the workspace folder; nothing beyond it is shown. `question`:
// what may be done to find what files define that the index has not parsed yet. An error names the
// path of `context.add` that cannot be read.
base::Result<std::vector<workspace::ContextPiece>> find_context(
    const ContextParts& parts, const ContextTarget& target, const ContextFields& fields,
    int budget_tokens, const workspace::QuestionLimits& question = {});

// The same for the regions of several files, which share the budget; a piece that stands in one of
// them is shown anyway, and is none.
base::Result<std::vector<workspace::ContextPiece>> find_shared_context(
    const ContextParts& parts, const std::vector<ContextTarget>& targets,
    const ContextFields& fields, int budget_tokens);

}  // namespace cromwell::edit
