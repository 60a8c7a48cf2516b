// The endpoints that read the code base. What touches files runs on the edit service's file pool.
// Any thread.
#include <chrono>
#include <functional>
#include <utility>

#include "api/handlers.h"
#include "api/limits.h"
#include "api/query.h"
#include "api/workspace_wire.h"

namespace cromwell::api {
namespace {

// Reads the index of the root that `place` is beneath, with what its paths begin with there.
workspace::IndexState read_index(
    const ServiceParts& parts, const workspace::FolderPlace& place,
    const std::function<void(const workspace::SymbolTable&, const std::string& prefix)>& use) {
  const std::string prefix = place.path.empty() ? "" : place.path + "/";
  const workspace::FileIndex* index = edit::index_of(parts.indexes, place.root);
  if (index == nullptr) return {};
  index->read([&](const workspace::SymbolTable& table) { use(table, prefix); });
  return index->state();
}

// The symbols beneath the workspace folder, named relative to it.
void answer_symbols(const Call& call, const SymbolsQuery& query) {
  const auto place = call.parts().workspace->locate_folder(query.workspace);
  if (!place) return call.fail(place.error());
  const auto* index = edit::index_of(call.parts().indexes, place->root);
  if (index != nullptr && query.query.size() >= kLeastQuestionBytes) {
    index->parse_for({query.query}, {.files = kSymbolQuestionFiles,
                                     .time = std::chrono::milliseconds(kSymbolQuestionMs)});
  }
  std::vector<workspace::FoundSymbol> found;
  const auto state = read_index(call.parts(), *place, [&](const auto& table, const auto& prefix) {
    found = table.search(query.query, static_cast<std::size_t>(query.limit), prefix);
    for (auto& one : found) one.file.erase(0, prefix.size());
  });
  call.answer(symbols_json(found, state));
}

void answer_files(const Call& call, const FilesQuery& query) {
  const auto place = call.parts().workspace->locate_folder(query.workspace);
  if (!place) return call.fail(place.error());
  std::vector<std::string> found;
  const auto state = read_index(call.parts(), *place, [&](const auto& table, const auto& prefix) {
    found = table.find_files(query.query, static_cast<std::size_t>(query.limit), prefix);
  });
  const std::string folder = place->path.empty()
                                 ? place->root
                                 : (place->root == "/" ? "" : place->root) + "/" + place->path;
  call.answer(files_json(folder, call.parts().workspace->roots(), found, state));
}

void answer_file(const Call& call, const FileQuery& query) {
  const auto snapshot = call.parts().workspace->read(query.workspace, query.file);
  if (!snapshot) return call.fail(snapshot.error());
  call.answer(file_json(*snapshot));
}

void answer_outline(const Call& call, const FileQuery& query) {
  const auto snapshot = call.parts().workspace->read(query.workspace, query.file);
  if (!snapshot) return call.fail(snapshot.error());
  const std::string text = snapshot->text.text({1, snapshot->text.line_count()});
  call.answer(outline_json(query.file, workspace::language_of(query.file, text),
                           workspace::outline_of(snapshot->text, query.file)));
}

// Reads the query, and answers on the file pool.
template <class Query>
void post(Call call, const FieldTable<Query>& fields, void (*answer)(const Call&, const Query&)) {
  auto query = read_query(fields, call.request);
  if (!query) return call.fail(query.error());
  edit::EditService& edits = call.parts().edits;
  edits.post([call = std::move(call), query = std::move(*query), answer] { answer(call, query); });
}

}  // namespace

void handle_files(Call call) { post(std::move(call), files_fields(), answer_files); }

void handle_file(Call call) { post(std::move(call), file_fields(), answer_file); }

void handle_outline(Call call) { post(std::move(call), file_fields(), answer_outline); }

void handle_symbols(Call call) { post(std::move(call), symbols_fields(), answer_symbols); }

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
    const auto* index = edit::index_of(call.parts().indexes, report->root);
    call.answer(
        context_json(request.file, *report, index ? index->state() : workspace::IndexState()));
  });
}

}  // namespace cromwell::api
