// InProcess: a model, an engine, a workspace and the endpoints of api/ over them, in this process:
// what cromwelld composes, without sockets, metrics and confinement (paths are still resolved
// beneath the roots by the kernel). Threads of its own compute and read files; any thread may send.
// Not here: Python.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/http.h"
#include "base/result.h"
#include "clients/python/answer.h"

namespace cromwell::python {

struct InProcessOptions {
  std::string model;                // a GGUF
  std::string tokenizer;            // a tokenizer.json; empty: the model's own vocabulary
  std::string chat_template;        // empty: the model's own
  std::vector<std::string> roots;   // folders
  std::string state_folder;         // of records and saved sessions
  std::vector<std::string> loras;   // FILE or FILE:SCALE
  int threads = 0;                  // 0: the cores that this process may use
  int context = 0;                  // tokens; 0: as long as the model was made for
  std::size_t kv_memory_bytes = 0;  // of keys and values
};

class InProcess {
 public:
  // Errors as those of engine::load_model, of the workspace's roots and of the stores' folders.
  static base::Result<std::unique_ptr<InProcess>> open(const InProcessOptions& options);
  ~InProcess();  // ends what runs with an error

  // Returns at once; the answer comes to what is returned.
  std::shared_ptr<Answer> send(api::HttpRequest request);

 private:
  struct Impl;
  explicit InProcess(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::python
