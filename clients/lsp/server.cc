#include "clients/lsp/server.h"

#include <algorithm>
#include <utility>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr std::size_t kMaxInstructions = 32;
constexpr const char* kActionKind = "refactor.rewrite";
constexpr int kLog = 4;          // MessageType
constexpr int kIncremental = 2;  // TextDocumentSyncKind

json at(const json& object, const char* pointer) {
  const json::json_pointer path(pointer);
  return object.is_structured() && object.contains(path) ? object.at(path) : json();
}

bool is_true(const json& value) { return value.is_boolean() && value.get<bool>(); }

bool holds(const json& list, const char* text) {
  return list.is_array() && std::find(list.begin(), list.end(), text) != list.end();
}

// A kind of the filter is the action's own or an ancestor of it: "refactor" of "refactor.rewrite".
bool is_wanted(const json& only) {
  if (!only.is_array()) return true;
  return std::any_of(only.begin(), only.end(), [](const json& kind) {
    if (!kind.is_string()) return false;
    const std::string text = kind.get<std::string>();
    return text.empty() || text == kActionKind ||
           std::string_view(kActionKind).starts_with(text + ".");
  });
}

std::string id_text(const json& id) { return id.dump(); }

}  // namespace

Server::Server(Generator& generator, std::string version, Send send)
    : generator_(generator), version_(std::move(version)), send_(std::move(send)), calls_(send_) {}

Server::~Server() { tasks_.stop(); }

void Server::receive(const std::string& content) {
  auto message = parse_message(content);
  if (!message) {
    const bool no_json = message.error().code == ErrorCode::kInvalidJson;
    return send_(error_text(nullptr, no_json ? RpcError::kParseError : RpcError::kInvalidRequest,
                            message.error().message));
  }
  switch (message->kind) {
    case Incoming::Kind::kRequest:
      return take_request(*message);
    case Incoming::Kind::kNotification:
      return take_notification(*message);
    case Incoming::Kind::kResponse:
      return calls_.deliver(std::move(*message));
  }
}

void Server::take_request(const Incoming& request) {
  const auto refuse = [&](RpcError code, const std::string& message) {
    send_(error_text(request.id, code, message));
  };
  if (state_ == State::kNew && request.method != "initialize") {
    return refuse(RpcError::kNotInitialized, "expected initialize first");
  }
  if (state_ == State::kShutDown || (state_ == State::kRunning && request.method == "initialize")) {
    return refuse(RpcError::kInvalidRequest, "not expected in this state of the server");
  }
  if (request.method == "initialize") {
    send_(response_text(request.id, initialize(request.params)));
  } else if (request.method == "shutdown") {
    tasks_.stop();
    state_ = State::kShutDown;
    was_shut_down_ = true;
    send_(response_text(request.id, nullptr));
  } else if (request.method == "textDocument/inlineCompletion") {
    complete(request, true);
  } else if (request.method == "textDocument/completion") {
    complete(request, false);
  } else if (request.method == "textDocument/codeAction") {
    send_(response_text(request.id, code_actions(request.params)));
  } else if (request.method == "workspace/executeCommand") {
    execute(request);
  } else {
    refuse(RpcError::kMethodNotFound, request.method + ": no such method");
  }
}

void Server::take_notification(const Incoming& notification) {
  if (notification.method == "exit") {
    state_ = State::kExited;
    return;
  }
  if (state_ != State::kRunning) return;
  const json& params = notification.params;
  Result<> result;
  {
    const std::lock_guard lock(mutex_);
    if (notification.method == "textDocument/didOpen") {
      result = documents_.open(params);
    } else if (notification.method == "textDocument/didChange") {
      result = documents_.change(params, client_.encoding);
    }
    // A text that is not the editor's is worse than none.
    if (!result || notification.method == "textDocument/didClose") documents_.close(params);
  }
  if (!result) log(notification.method + ": " + result.error().message);
  if (notification.method == "$/cancelRequest") tasks_.cancel(id_text(at(params, "/id")));
  if (notification.method == "window/workDoneProgress/cancel") {
    tasks_.cancel_progress(id_text(at(params, "/token")));
  }
}

json Server::initialize(const json& params) {
  state_ = State::kRunning;
  const json capabilities = at(params, "/capabilities");
  const json options = at(params, "/initializationOptions");
  if (holds(at(capabilities, "/general/positionEncodings"), "utf-8")) {
    client_.encoding = PositionEncoding::kUtf8;
  }
  client_.document_changes = is_true(at(capabilities, "/workspace/workspaceEdit/documentChanges"));
  client_.progress = is_true(at(capabilities, "/window/workDoneProgress"));
  client_.asks_instruction = is_true(at(options, "/asksInstruction"));
  client_.instructions = {"Add a docstring", "Add type hints", "Add error handling"};
  if (const json own = at(options, "/instructions"); own.is_array()) {
    client_.instructions.clear();
    for (const json& text : own) {
      if (text.is_string() && client_.instructions.size() < kMaxInstructions) {
        client_.instructions.push_back(text.get<std::string>());
      }
    }
  }
  const bool utf8 = client_.encoding == PositionEncoding::kUtf8;
  return {
      {"serverInfo", {{"name", "cromwell"}, {"version", version_}}},
      {"capabilities",
       {{"positionEncoding", utf8 ? "utf-8" : "utf-16"},
        {"textDocumentSync", {{"openClose", true}, {"change", kIncremental}}},
        {"inlineCompletionProvider", json::object()},
        {"completionProvider", json::object()},
        {"codeActionProvider", {{"codeActionKinds", {kActionKind}}}},
        {"executeCommandProvider", {{"commands", {kEditCommand}}, {"workDoneProgress", true}}}}}};
}

json Server::code_actions(const json& params) const {
  json actions = json::array();
  if (!is_wanted(at(params, "/context/only"))) return actions;
  const json target = {{"uri", document_uri(params)}, {"range", at(params, "/range")}};
  const auto add = [&](const std::string& title, const json& argument) {
    actions.push_back(
        {{"title", title},
         {"kind", kActionKind},
         {"command",
          {{"title", title}, {"command", kEditCommand}, {"arguments", json::array({argument})}}}});
  };
  if (client_.asks_instruction) add("Cromwell: edit with an instruction", target);
  for (const std::string& instruction : client_.instructions) {
    json argument = target;
    argument["instruction"] = instruction;
    add("Cromwell: " + instruction, argument);
  }
  return actions;
}

void Server::complete(const Incoming& request, bool is_inline) {
  const std::string uri = document_uri(request.params);
  const auto position = read_position(at(request.params, "/position"));
  const auto path = path_of_uri(uri);
  CompletionQuery query;
  {
    const std::lock_guard lock(mutex_);
    const Document* document = documents_.find(uri);
    if (!position || !path || document == nullptr) {
      const std::string message = !position ? position.error().message
                                  : !path   ? path.error().message
                                            : "expected a document that is open";
      return send_(error_text(request.id, RpcError::kInvalidParams, message));
    }
    const FilePlace file =
        file_place(document->text, offset_of(document->text, *position, client_.encoding));
    query = {.path = *path, .content = document->text, .line = file.line, .column = file.column};
  }
  const json place = {{"line", position->line}, {"character", position->character}};
  answer_later(request.id,
               [this, query = std::move(query), place,
                is_inline](base::CallSwitch& call_switch) -> Result<json> {
                 const auto text = generator_.complete(query, call_switch);
                 const char* const items = "items";
                 json list = {{items, json::array()}};
                 if (!is_inline) list["isIncomplete"] = true;
                 if (!text && text.error().code == ErrorCode::kCancelled) return text.error();
                 // Asked for while somebody types: what failed is nothing to interrupt them with.
                 if (!text) log("no completion: " + text.error().message);
                 if (!text || text->empty()) return json_result(list);
                 const json range = {{"start", place}, {"end", place}};
                 if (is_inline) {
                   list[items].push_back({{"insertText", *text}, {"range", range}});
                 } else {
                   list[items].push_back({{"label", text->substr(0, text->find('\n'))},
                                          {"detail", "Cromwell"},
                                          {"documentation", *text},
                                          {"textEdit", {{"range", range}, {"newText", *text}}}});
                 }
                 return json_result(list);
               });
}

void Server::answer_later(const json& id, std::function<Result<json>(base::CallSwitch&)> work) {
  const bool started =
      tasks_.start(id_text(id), [this, id, work = std::move(work)](base::CallSwitch& call_switch) {
        const auto result = work(call_switch);
        send_(result ? response_text(id, *result)
                     : error_text(id, rpc_code(result.error()), result.error().message));
      });
  if (started) return;
  send_(error_text(id, RpcError::kRequestFailed,
                   "more than " + std::to_string(kMaxTasks) + " requests at once"));
}

void Server::log(const std::string& message) {
  send_(notification_text("window/logMessage", {{"type", kLog}, {"message", message}}));
}

}  // namespace cromwell::lsp
