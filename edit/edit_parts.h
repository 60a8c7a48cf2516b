// What all edits of a service share; outlives every edit.
#pragma once

#include <memory>

#include "base/task_queue.h"
#include "edit/edit_context.h"
#include "edit/edit_service.h"
#include "engine/engine.h"
#include "engine/token_trie.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"
#include "workspace/edit_store.h"
#include "workspace/workspace.h"

namespace cromwell::edit {

struct EditParts {
  engine::Engine& engine;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  tokenizer::ChatTemplate chat_template;
  std::shared_ptr<workspace::Workspace> workspace;
  std::shared_ptr<workspace::EditStore> store;
  Indexes indexes;
  base::TaskQueue& files;
  base::TaskQueue& checking;  // where edits finish that wait for the user's checks
  std::shared_ptr<engine::LazyTrie> trie;
  EditServiceOptions options;
};

}  // namespace cromwell::edit
