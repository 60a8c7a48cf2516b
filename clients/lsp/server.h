// Server: a language server for one editor. Messages come in on one thread; what takes long runs on
// threads of its own (TaskTable), and messages go out through `send` on any of them. Not here: the
// transport, and who makes completions and edits (Generator).
#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "clients/lsp/client_calls.h"
#include "clients/lsp/documents.h"
#include "clients/lsp/generator.h"
#include "clients/lsp/rpc.h"
#include "clients/lsp/task_table.h"

namespace cromwell::lsp {

inline constexpr const char* kEditCommand = "cromwell.edit";

class Server {
 public:
  using Send = std::function<void(std::string_view content)>;  // any thread; whole messages

  // `generator` outlives the server.
  Server(Generator& generator, std::string version, Send send);
  ~Server();  // cancels what runs and waits for it

  void receive(const std::string& content);
  bool has_exited() const { return state_ == State::kExited; }
  int exit_status() const { return was_shut_down_ ? 0 : 1; }

 private:
  enum class State { kNew, kRunning, kShutDown, kExited };
  using Json = nlohmann::json;

  // What the editor said of itself in `initialize`.
  struct Client {
    PositionEncoding encoding = PositionEncoding::kUtf16;
    bool document_changes = false;
    bool progress = false;
    bool asks_instruction = false;
    std::vector<std::string> instructions;
  };

  void take_request(const Incoming& request);
  void take_notification(const Incoming& notification);
  Json initialize(const Json& params);
  Json code_actions(const Json& params) const;
  void complete(const Incoming& request, bool is_inline);
  void execute(const Incoming& request);
  void log(const std::string& message);

  // Runs `work` on a thread of its own; what it returns is the answer.
  void answer_later(const Json& id, std::function<base::Result<Json>(base::CallSwitch&)> work);
  struct EditTask;
  base::Result<Json> edit(const EditTask& task, base::CallSwitch& call_switch);
  base::Result<bool> apply(const EditTask& task, const std::string& patch,
                           base::CallSwitch& call_switch);

  Generator& generator_;
  const std::string version_;
  const Send send_;
  ClientCalls calls_;
  Client client_;               // set once, before any task
  State state_ = State::kNew;   // the receiving thread's alone
  bool was_shut_down_ = false;  // the receiving thread's alone
  std::mutex mutex_;
  Documents documents_;  // guarded by mutex_
  TaskTable tasks_;      // last: its threads use the rest
};

// "file:///a%20b" as "/a b"; kInvalidRequest for what is no file of this machine.
base::Result<std::string> path_of_uri(const std::string& uri);

}  // namespace cromwell::lsp
