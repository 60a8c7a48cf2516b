// TextSource: where text comes from that is no edit: the daemon, or the engine in this process.
// Both show on standard error how far a long prompt is read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_switch.h"
#include "base/result.h"
#include "clients/cli/file_location.h"
#include "clients/cli/http_client.h"
#include "tokenizer/chat_template.h"

namespace cromwell::cli {

struct TextOptions {
  std::optional<int> max_tokens;  // none: what the context holds, or of a completion the default
  float temperature = 0.2F;
  std::optional<std::uint64_t> seed;
};

struct ChatJob {
  std::vector<tokenizer::ChatMessage> messages;
  std::string session;  // its turns share a cache
  TextOptions options;
};

struct CompleteJob {
  std::vector<FileLocation> locations;  // ways to name the file; the first that fits is taken
  int line = 1;
  std::optional<int> column;   // characters of the line before the place; none: all
  std::optional<int> context;  // tokens that the model is shown at most
  TextOptions options;
};

struct TextAnswer {
  std::string text;
  std::string finish_reason;  // "stop", "length", "cancelled"
  int prompt_tokens = 0;
  int completion_tokens = 0;
};

class TextSource {
 public:
  // On any thread, but never two at once.
  using OnText = std::function<void(std::string_view)>;

  virtual ~TextSource() = default;
  // Both block. Where the switch ended them that is a finish reason, no error.
  virtual base::Result<TextAnswer> chat(const ChatJob& job, const OnText& on_text,
                                        base::CallSwitch& call_switch) = 0;
  virtual base::Result<TextAnswer> complete(const CompleteJob& job, const OnText& on_text,
                                            base::CallSwitch& call_switch) = 0;
};

std::unique_ptr<TextSource> remote_text(HttpClient client);
base::Result<std::unique_ptr<TextSource>> local_text(const std::string& model_path);

}  // namespace cromwell::cli
