// Service: every endpoint. handle() routes a request to its handler; handlers parse, enqueue and
// pump events, and never block. Composed once in server/main.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/meters.h"
#include "api/page.h"
#include "api/stream_keeper.h"
#include "edit/edit_service.h"
#include "engine/adapters.h"
#include "engine/engine.h"
#include "engine/session_store.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"
#include "workspace/workspace.h"

namespace cromwell::api {

struct ModelFacts {
  std::string architecture;
  std::string quantization;  // of most weights
  std::uint64_t parameters = 0;
  std::uint64_t bytes = 0;  // of the weights
};

struct ServiceParts {
  engine::Engine& engine;
  edit::EditService& edits;
  engine::SessionStore& sessions;
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  tokenizer::ChatTemplate chat_template;
  std::shared_ptr<workspace::Workspace> workspace;
  edit::Indexes indexes;
  std::string model_name;  // general.name or the file's stem
  ModelFacts model;
  std::vector<engine::Adapter> adapters;  // LoRA adapters, by number
  std::string version;
  int context_length = 0;
  int slots = 0;                   // generations that run side by side
  bool tcp_without_token = false;  // /readyz says so
  std::shared_ptr<Meters> meters = std::make_shared<Meters>();
  std::function<std::string()> metrics_text = {};  // what /metrics answers
  StreamLimits streams = {};
  std::span<const PageFile> page = {};  // what browsers get; the first is the page itself
};

class Service {
 public:
  explicit Service(ServiceParts parts);
  ~Service();
  void handle(HttpRequest request, std::shared_ptr<Responder> responder);
  // From now on /readyz and every POST answer 503.
  void set_draining();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::api
