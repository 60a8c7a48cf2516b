// Engine: many generations over one resident model. One thread of its own forms batches and owns
// all mutable state of the model; other threads only submit requests and send commands, which take
// effect between two steps. Events go out through each request's sink. Not here: prompts, text of
// edits, transport.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/generation.h"
#include "engine/metrics.h"
#include "engine/pass_cost.h"
#include "engine/saved_text.h"
#include "engine/session_file.h"
#include "model/language_model.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::engine {

struct EngineOptions {
  int max_running = 16;    // sequences decoded together
  int max_queued = 64;     // requests waiting; one more is kQueueFull
  int max_warming = 8;     // requests of Priority::kWarm, beside the others
  int prefill_chunk = 64;  // tokens of a prompt per step, at most 64
  int max_sessions = 256;  // names kept; the least recently used goes first
  int max_draft = 63;      // guessed tokens verified per step and generation
  // What a pass takes, and one of a draft model, for tests; none: measured as they run.
  std::optional<PassTimes> pass_times, draft_pass_times;
};

struct SessionInfo {
  std::string id;
  int cached_tokens = 0;
  int pages = 0;        // that hold them, others' beginnings among them
  bool pinned = false;  // its pages are the last to be taken
  bool running = false;
  double idle_seconds = 0;
};

struct GenerationLink;

// One more continuation of a request's prompt; limits, stops and constraint are the request's.
struct ForkRequest {
  SamplingOptions sampling;
  EventSink sink;
  std::unique_ptr<DraftSource> draft;  // as the request's
};

// Commands to one running or queued generation. Copyable, outlives the generation and the engine
// harmlessly; any thread may call it, a sink too. A default one does nothing.
class Generation {
 public:
  Generation() = default;

  // Ends it with Finished{kCancelled} after the token or the chunk of a prompt that is being
  // computed. Idempotent.
  void cancel() const;
  // Forgets all but the first `tokens` generated tokens and goes on from there; nothing where fewer
  // have been generated. The next Token has index `tokens`, and its text follows the texts of the
  // first `tokens` Token events. With a temperature it goes another way than before (each rewind
  // draws from a random stream of its own), the same in each run.
  void rewind_to(int tokens) const;
  // Replaces the draft source; null: none.
  void replace_draft(std::unique_ptr<DraftSource> draft) const;
  // Starts another generation with the same limits that shares the text so far and its cache; its
  // events go to `sink`. Its prompt is the text so far, and its texts follow this one's; where the
  // prompt is not computed yet it is that, and it begins when that is done. With the same sampling
  // and seed as this one it generates the same. It has no session and no draft source. Refused by
  // its only event, Failed: kConflict if this one has ended or its constraint has no clone,
  // kQueueFull, kUnavailable.
  Generation fork(SamplingOptions sampling, EventSink sink) const;

 private:
  friend class Engine;
  explicit Generation(std::shared_ptr<GenerationLink> link) : link_(std::move(link)) {}
  std::shared_ptr<GenerationLink> link_;
};

class Engine {
 public:
  // draft_model: may be null; it has the model's vocabulary (engine/draft_model).
  Engine(std::unique_ptr<model::LanguageModel> model,
         std::shared_ptr<const tokenizer::Tokenizer> tokenizer, EngineOptions options,
         std::unique_ptr<model::LanguageModel> draft_model = nullptr);
  ~Engine();  // cancels everything and joins the thread

  // Refused before it starts: kInvalidRequest (empty prompt, token outside the vocabulary, a number
  // out of its range, kWarm with tokens to write), kContextExceeded (prompt leaves no room in the
  // context, or needs more pages than there are), kQueueFull (max_running + max_queued, or
  // max_warming, have not ended), kUnavailable (draining, or the model has failed). max_tokens is
  // cut to what fits. One of kWarm ends with kCancelled when another of its session comes.
  base::Result<Generation> submit(GenerateRequest request, EventSink sink);

  // The request, and for each of `forks` another continuation of the same prompt, which is computed
  // once; all or none are taken. Their generations stand in this order. `before_start` is told of
  // them before any event can come: what an event's sink may need to steer them by.
  using BeforeStart = std::function<void(const std::vector<Generation>&)>;
  base::Result<std::vector<Generation>> submit(GenerateRequest request, EventSink sink,
                                               std::vector<ForkRequest> forks,
                                               const BeforeStart& before_start = {});

  std::vector<SessionInfo> sessions() const;
  base::Result<> delete_session(const std::string& id);  // kNotFound, kConflict while it runs
  // A pinned session's pages are taken from it last. kNotFound.
  base::Result<> pin_session(const std::string& id, bool pinned);
  // A session's text with its keys and values, a few pages at each of the engine's next steps, and
  // the way back, at the next one. Both wait for them; not from a sink. kNotFound: nothing of it is
  // in memory; kConflict: it goes on changing meanwhile.
  base::Result<SavedText> copy_session(const std::string& id);
  // Checked like parse_session_file(). kConflict: computed with another model, KV type or
  // instruction set, or the session has a generation; kUnavailable: others use the memory.
  base::Result<> put_session(const std::string& id, SavedText text);
  SessionLimits session_limits() const;
  EngineStatus status() const;
  EngineMetrics metrics() const;  // as of the last step; never waits for one

  // No new requests from now on (kUnavailable); those taken go on until `deadline`, then are failed
  // with kUnavailable. Returns when every one has had its last event. Not from a sink.
  void drain(std::chrono::milliseconds deadline);

 private:
  base::Result<SavedText> copy_pages(const std::string& session, int from_page);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cromwell::engine
