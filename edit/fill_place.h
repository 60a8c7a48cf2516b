// FillPlace: a place in a file of the workspace, read as what stands before and after it and what
// else of the code base bears on it. Blocking file work; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "edit/edit_context.h"
#include "edit/fill_prompt.h"

namespace cromwell::edit {

struct FillPlace {
  std::string workspace;  // empty: the first root
  std::string file;
  std::optional<std::string> content;  // the editor's unsaved buffer
  int line = 1;                        // 1-based; one past the last is the end of the file
  std::optional<int> column;           // characters of the line before the place; none: all
  ContextFields context;
};

struct FillSource {
  FillText text;
  int column = 0;
  std::vector<std::string> no_room;  // other files of which a part was left out, best first
};

// At most `context_tokens` of other text. Errors of Workspace::read, and kInvalidRequest for a line
// or column that the file does not have.
base::Result<FillSource> read_place(const ContextParts& parts, const FillPlace& place,
                                    int context_tokens);

}  // namespace cromwell::edit
