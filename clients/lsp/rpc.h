// Rpc: the forms of JSON-RPC 2.0 messages as the language server protocol has them. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"

namespace cromwell::lsp {

enum class RpcError {
  kParseError = -32700,
  kInvalidRequest = -32600,
  kMethodNotFound = -32601,
  kInvalidParams = -32602,
  kNotInitialized = -32002,
  kRequestFailed = -32803,
  kContentModified = -32801,
  kRequestCancelled = -32800,
};

struct Incoming {
  enum class Kind { kRequest, kNotification, kResponse };
  Kind kind = Kind::kNotification;
  nlohmann::json id;      // a string or a whole number; null for a notification
  std::string method;     // empty for a response
  nlohmann::json params;  // null where there are none
  nlohmann::json result;  // of a response
  bool failed = false;    // a response that holds an error
};

inline constexpr int kMaxNesting = 64;

// kInvalidJson: no JSON, or nested too deeply; kInvalidRequest: JSON that is no message.
base::Result<Incoming> parse_message(const std::string& content);

// A JSON value as a result: by itself the compiler cannot tell it from a conversion.
inline base::Result<nlohmann::json> json_result(nlohmann::json value) {
  return base::Result<nlohmann::json>(boost::system::in_place_value, std::move(value));
}

std::string response_text(const nlohmann::json& id, const nlohmann::json& result);
std::string error_text(const nlohmann::json& id, RpcError code, const std::string& message);
std::string request_text(int id, const std::string& method, const nlohmann::json& params);
std::string notification_text(const std::string& method, const nlohmann::json& params);

// How a failed call is told: cancelled, wrong parameters, or failed.
RpcError rpc_code(const base::Error& error);

}  // namespace cromwell::lsp
