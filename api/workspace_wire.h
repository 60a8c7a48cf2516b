// The workspace's endpoints on the wire: their queries' fields and their answers. Any thread.
#pragma once

#include <string>
#include <vector>

#include "api/field_table.h"
#include "api/json_writer.h"
#include "edit/edit_service.h"
#include "workspace/outline.h"

namespace cromwell::api {

struct FileQuery {
  std::string workspace, file;
};
struct FilesQuery {
  std::string workspace, query;
  int limit = 200;
};
struct SymbolsQuery {
  std::string workspace, query;
  int limit = 50;
};
struct ContextQuery {
  edit::ContextRequest context;
  std::optional<int> start_line, end_line;
};

const FieldTable<FileQuery>& file_fields();
const FieldTable<FilesQuery>& files_fields();
const FieldTable<SymbolsQuery>& symbols_fields();
const FieldTable<ContextQuery>& context_query_fields();

JsonOut files_json(const std::string& folder, const std::vector<std::string>& roots,
                   const std::vector<std::string>& files, const workspace::IndexState& state);
JsonOut file_json(const workspace::Snapshot& snapshot);
JsonOut outline_json(const std::string& file, const workspace::Language& language,
                     const std::vector<workspace::Symbol>& symbols);
JsonOut symbols_json(const std::vector<workspace::FoundSymbol>& symbols,
                     const workspace::IndexState& state);
JsonOut context_json(const std::string& file, const edit::ContextReport& report,
                     const workspace::IndexState& state);
JsonOut context_pieces_json(const std::vector<workspace::ContextPiece>& pieces);
JsonOut context_pieces_schema();

void add_workspace_schemas(JsonOut& all);

}  // namespace cromwell::api
