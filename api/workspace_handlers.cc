// The endpoints that read the code base. What touches files runs on the edit service's file pool.
// Any thread.
#include <utility>

#include "api/handlers.h"
#include "api/query.h"
#include "api/workspace_wire.h"

namespace cromwell::api {
namespace {

// The symbols beneath the workspace folder, named relative to it.
void answer_symbols(const Call& call, const SymbolsQuery& query) {
  const auto place = call.parts().workspace->locate_folder(query.workspace);
  if (!place) return call.fail(place.error());
  const std::string prefix = place->path.empty() ? "" : place->path + "/";
  std::vector<workspace::FoundSymbol> found;
  workspace::IndexState state;
  for (const auto& index : call.parts().indexes) {
    if (index->root() != place->root) continue;
    index->read([&](const workspace::SymbolTable& table) {
      found = table.search(query.query, static_cast<std::size_t>(query.limit), prefix);
    });
    state = index->state();
  }
  for (auto& one : found) one.file.erase(0, prefix.size());
  call.answer(symbols_json(found, state));
}

}  // namespace

void handle_outline(Call call) {
  auto query = read_query(outline_fields(), call.request);
  if (!query) return call.fail(query.error());
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), query = std::move(*query)] {
    const auto snapshot = call.parts().workspace->read(query.workspace, query.file);
    if (!snapshot) return call.fail(snapshot.error());
    const std::string text = snapshot->text.text({1, snapshot->text.line_count()});
    call.answer(outline_json(query.file, workspace::language_of(query.file, text),
                             workspace::outline_of(snapshot->text, query.file)));
  });
}

void handle_symbols(Call call) {
  auto query = read_query(symbols_fields(), call.request);
  if (!query) return call.fail(query.error());
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), query = std::move(*query)] { answer_symbols(call, query); });
}

void handle_context(Call call) {
  auto query = read_query(context_query_fields(), call.request);
  if (!query) return call.fail(query.error());
  if (query->start_line.has_value() != query->end_line.has_value()) {
    return call.fail({base::ErrorCode::kInvalidRequest,
                      "start_line and end_line: expected both or neither",
                      query->start_line ? "end_line" : "start_line"});
  }
  if (query->start_line) query->context.selection = {*query->start_line, *query->end_line};
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), request = std::move(query->context)] {
    const auto report = call.parts().edits.explain_context(request);
    if (!report) return call.fail(report.error());
    call.answer(context_json(request.file, *report));
  });
}

}  // namespace cromwell::api
