// Engine: many generations over one resident model. One thread of its own forms batches and owns
// all mutable state of the model; other threads only submit requests and send commands, which take
// effect between two steps. Events go out through each request's sink. Not here: prompts, text of
// edits, transport.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/generation.h"
#include "model/language_model.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

struct EngineOptions {
  int max_running = 16;    // sequences decoded together
  int max_queued = 64;     // requests waiting; one more is kQueueFull
  int prefill_chunk = 64;  // tokens of a prompt per step, at most 64
  int max_sessions = 256;  // caches kept; the least recently used goes first
};

struct SessionInfo {
  std::string id;
  int cached_tokens = 0;
  bool running = false;
  double idle_seconds = 0;
};

struct EngineStatus {
  bool healthy = true;  // false once the model has failed
  int running = 0;
  int queued = 0;
  int sessions = 0;
  int pages_total = 0;
  int pages_free = 0;
  std::uint64_t steps = 0;  // grows while the engine makes progress, also when idle (heartbeat)
};

// Commands to one running or queued generation. Copyable, outlives the generation harmlessly; any
// thread may call it.
class Generation {
 public:
  // Ends it between two steps with Finished{kCancelled}. Idempotent.
  void cancel() const;
  // Forgets all but the first `tokens` generated tokens and goes on from there.
  void rewind_to(int tokens) const;
  // Replaces the draft source.
  void replace_draft(std::unique_ptr<DraftSource> draft) const;
  // Starts another generation that shares the text so far; its events go to `sink`.
  Generation fork(SamplingOptions sampling, EventSink sink) const;

 private:
  friend class Engine;
  struct State;
  std::shared_ptr<State> state_;
};

class Engine {
 public:
  Engine(std::unique_ptr<model::LanguageModel> model,
         std::shared_ptr<const tokenizer::Tokenizer> tokenizer, EngineOptions options);
  ~Engine();  // cancels everything and joins the thread

  // Refused before it starts: kInvalidRequest (empty prompt, token outside the vocabulary),
  // kContextExceeded (prompt leaves no room in the context, or needs more pages than there are),
  // kQueueFull, kUnavailable (draining, or the model has failed). max_tokens is cut to what fits.
  base::Result<Generation> submit(GenerateRequest request, EventSink sink);

  std::vector<SessionInfo> sessions() const;
  base::Result<> delete_session(const std::string& id);  // kNotFound, kConflict while it runs
  EngineStatus status() const;

  // No new requests (kUnavailable); running ones go on until `deadline`, then are failed with
  // kUnavailable. Returns when nothing runs.
  void drain(std::chrono::milliseconds deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::engine
