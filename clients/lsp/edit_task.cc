// workspace/executeCommand cromwell.edit: an edit as it is asked for, made, shown in progress and
// applied by the editor.
#include <utility>

#include "clients/lsp/patch_edits.h"
#include "clients/lsp/progress.h"
#include "clients/lsp/server.h"

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

json member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? json() : *found;
}

Error invalid(const std::string& message) {
  return {.code = ErrorCode::kInvalidRequest, .message = message};
}

// Whole lines, 1-based and inclusive; a range of nothing is no selection. Positions past the end
// are the end, as everywhere in the protocol.
Result<> select(EditQuery& query, const Range& range, PositionEncoding encoding) {
  const std::size_t begin = offset_of(query.content, range.start, encoding);
  const std::size_t end = offset_of(query.content, range.end, encoding);
  if (end < begin)
    return invalid("arguments[0].range: expected an end that is not before its start");
  if (begin == end) return {};
  query.first_line = file_place(query.content, begin).line;
  const FilePlace last = file_place(query.content, end);
  const bool ends_before_line = last.column == 0 && last.line > query.first_line;
  query.last_line = ends_before_line ? last.line - 1 : last.line;
  return {};
}

// Where a line begins whose number counts \n alone, as a diff does.
Position line_start(std::string_view text, int line, PositionEncoding encoding) {
  std::size_t begin = 0;
  for (int i = 0; i < line && begin < text.size(); ++i) {
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  }
  return position_of(text, begin, encoding);
}

json position_json(const Position& position) {
  return {{"line", position.line}, {"character", position.character}};
}

json text_edits(const std::string& text, const std::vector<LineEdit>& edits,
                PositionEncoding encoding) {
  json list = json::array();
  for (const LineEdit& edit : edits) {
    list.push_back({{"range",
                     {{"start", position_json(line_start(text, edit.first_line, encoding))},
                      {"end", position_json(line_start(text, edit.end_line, encoding))}}},
                    {"newText", edit.new_text}});
  }
  return list;
}

}  // namespace

struct Server::EditTask {
  std::string id;  // of the request, as TaskTable has it
  std::string uri;
  std::int64_t version = 0;
  EditQuery query;
  bool applies = true;
  json progress_token;  // of the editor's; null: none
};

void Server::execute(const Incoming& request) {
  const auto refuse = [&](const Error& error) {
    send_(error_text(request.id, rpc_code(error), error.message));
  };
  if (text_of(request.params, "command") != kEditCommand) {
    return refuse(invalid("expected the command cromwell.edit"));
  }
  const json arguments = member(request.params, "arguments");
  const json argument = arguments.is_array() && !arguments.empty() ? arguments[0] : json();
  EditTask task{.id = request.id.dump(),
                .uri = text_of(argument, "uri"),
                .progress_token = member(request.params, "workDoneToken")};
  task.query.instruction = text_of(argument, "instruction");
  task.applies = member(argument, "apply") != false;
  const auto path = path_of_uri(task.uri);
  if (!path) return refuse(path.error());
  task.query.path = *path;
  if (task.query.instruction.empty()) {
    return refuse(invalid("arguments[0].instruction: expected what is to be changed, in words"));
  }
  {
    const std::lock_guard lock(mutex_);
    const Document* document = documents_.find(task.uri);
    if (document != nullptr) {
      task.query.content = document->text;
      task.version = document->version;
    }
    if (document == nullptr) task.uri.clear();
  }
  if (task.uri.empty()) return refuse(invalid("arguments[0].uri: expected an open document"));
  if (const json given = member(argument, "range"); !given.is_null()) {
    const auto range = read_range(given);
    if (!range) return refuse(range.error());
    const auto selected = select(task.query, *range, client_.encoding);
    if (!selected) return refuse(selected.error());
  }
  answer_later(request.id, [this, task = std::move(task)](base::CallSwitch& call_switch) {
    return edit(task, call_switch);
  });
}

Result<json> Server::edit(const EditTask& task, base::CallSwitch& call_switch) {
  Progress progress(task.progress_token, client_.progress, calls_, send_, call_switch);
  tasks_.set_progress(task.id, progress.token().dump());
  progress.begin("Cromwell: " + task.query.instruction);
  auto answer = generator_.edit(
      task.query, [&progress](const std::string& text) { progress.report(text); }, call_switch);
  if (!answer) return std::move(answer).error();
  json result = {{"id", answer->id},
                 {"patch", answer->patch},
                 {"confidence", answer->confidence},
                 {"applied", false}};
  if (task.applies && !answer->patch.empty()) {
    CROMWELL_ASSIGN(const bool applied, apply(task, answer->patch, call_switch));
    result["applied"] = applied;
  }
  if (answer->patch.empty()) log("the model changed nothing");
  return json_result(std::move(result));
}

Result<bool> Server::apply(const EditTask& task, const std::string& patch,
                           base::CallSwitch& call_switch) {
  CROMWELL_ASSIGN(const auto edits, patch_edits(patch));
  {
    const std::lock_guard lock(mutex_);
    const Document* document = documents_.find(task.uri);
    if (document == nullptr || document->text != task.query.content) {
      return Error{.code = ErrorCode::kFileChanged,
                   .message = "the document changed while the edit was made"};
    }
  }
  const json list = text_edits(task.query.content, edits, client_.encoding);
  json edit;
  if (client_.document_changes) {
    edit["documentChanges"] = json::array(
        {{{"textDocument", {{"uri", task.uri}, {"version", task.version}}}, {"edits", list}}});
  } else {
    edit["changes"][task.uri] = list;
  }
  CROMWELL_ASSIGN(
      const json answer,
      calls_.call("workspace/applyEdit",
                  {{"label", "Cromwell: " + task.query.instruction}, {"edit", edit}}, call_switch));
  return member(answer, "applied") == true;
}

}  // namespace cromwell::lsp
