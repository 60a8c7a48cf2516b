// PromptProgress: how far a long prompt is, as llama-server's clients ask for it with
// return_progress. One thread at a time.
#pragma once

#include <chrono>

#include "api/json_writer.h"
#include "api/schema.h"
#include "engine/generation.h"

namespace cromwell::api {

class PromptProgress {
 public:
  void begin(const engine::Started& started) {
    cached_tokens_ = started.cached_tokens;
    begun_ = std::chrono::steady_clock::now();
  }

  JsonOut json(const engine::Progress& progress) const {
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - begun_;
    JsonOut object;
    object["total"] = progress.total;
    object["cache"] = cached_tokens_;
    object["processed"] = progress.processed;
    object["time_ms"] = passed.count();
    return object;
  }

 private:
  int cached_tokens_ = 0;
  std::chrono::steady_clock::time_point begun_;
};

inline JsonOut prompt_progress_schema() {
  return schema::object({{"total", schema::integer("tokens of the prompt")},
                         {"cache", schema::integer("of them, in memory before")},
                         {"processed", schema::integer("of them, in memory now")},
                         {"time_ms", schema::number("since the prompt was begun")}});
}

}  // namespace cromwell::api
