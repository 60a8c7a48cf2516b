#include "clients/lsp/rpc.h"

#include <algorithm>
#include <string_view>

namespace cromwell::lsp {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

std::string text_of_json(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_id(const json& id) { return id.is_string() || id.is_number_integer(); }

// How deep arrays and objects stand in each other at most, whatever else the text is: the library
// copies and prints values by recursion.
int nesting_of(std::string_view content) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '[' || c == '{')) {
      deepest = std::max(deepest, ++depth);
    } else if (!in_string && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return deepest;
}

json take(json& message, const char* name) {
  const auto found = message.find(name);
  return found == message.end() ? json() : std::move(*found);
}

}  // namespace

Result<Incoming> parse_message(const std::string& content) {
  if (nesting_of(content) > kMaxNesting) {
    return Error{.code = ErrorCode::kInvalidJson,
                 .message = "the message nests deeper than " + std::to_string(kMaxNesting)};
  }
  json message = json::parse(content, nullptr, false);
  if (message.is_discarded()) {
    return Error{.code = ErrorCode::kInvalidJson, .message = "the message is no JSON"};
  }
  const Error invalid{.code = ErrorCode::kInvalidRequest,
                      .message = "expected a JSON-RPC 2.0 request, notification or response"};
  if (!message.is_object() || message.value("/jsonrpc"_json_pointer, json()) != "2.0") {
    return invalid;
  }
  Incoming incoming{.id = take(message, "id"), .params = take(message, "params")};
  const json method = take(message, "method");
  if (method.is_string()) {
    incoming.method = method.get<std::string>();
    incoming.kind =
        incoming.id.is_null() ? Incoming::Kind::kNotification : Incoming::Kind::kRequest;
    if (!incoming.id.is_null() && !is_id(incoming.id)) return invalid;
    if (!incoming.params.is_null() && !incoming.params.is_structured()) return invalid;
    return incoming;
  }
  if (!method.is_null()) return invalid;
  if (!message.contains("result") && !message.contains("error")) return invalid;
  incoming.kind = Incoming::Kind::kResponse;
  incoming.failed = message.contains("error");
  incoming.result = take(message, "result");
  return incoming;
}

std::string response_text(const json& id, const json& result) {
  return text_of_json({{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string error_text(const json& id, RpcError code, const std::string& message) {
  return text_of_json({{"jsonrpc", "2.0"},
                       {"id", id},
                       {"error", {{"code", static_cast<int>(code)}, {"message", message}}}});
}

std::string request_text(int id, const std::string& method, const json& params) {
  return text_of_json({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

std::string notification_text(const std::string& method, const json& params) {
  return text_of_json({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

RpcError rpc_code(const Error& error) {
  if (error.code == ErrorCode::kCancelled) return RpcError::kRequestCancelled;
  if (error.code == ErrorCode::kInvalidRequest) return RpcError::kInvalidParams;
  if (error.code == ErrorCode::kFileChanged) return RpcError::kContentModified;
  return RpcError::kRequestFailed;
}

}  // namespace cromwell::lsp
