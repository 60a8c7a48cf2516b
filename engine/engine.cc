#include "engine/engine.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <thread>

#include "engine/engine_loop.h"
#include "engine/kv_cache.h"
#include "engine/mailbox.h"
#include "engine/random.h"
#include "engine/sampler.h"

namespace cromwell::engine {
namespace {

constexpr int kCopyAttempts = 3;  // of a session that changes meanwhile

base::Error invalid(const char* field, std::string problem) {
  return {.code = base::ErrorCode::kInvalidRequest,
          .message = std::string(field) + ": " + std::move(problem),
          .param = field};
}

base::Error ended() {
  return {.code = base::ErrorCode::kUnavailable, .message = "the engine is shutting down"};
}

EngineOptions checked(EngineOptions options, const model::LanguageModel& model) {
  // Each running sequence needs a place in every batch, and a prompt one more.
  options.max_running = std::clamp(options.max_running, 1, model.max_batch_tokens());
  options.max_queued = std::max(options.max_queued, 0);
  options.max_warming = std::max(options.max_warming, 0);
  options.prefill_chunk = std::clamp(options.prefill_chunk, 1, kMaxPrefillChunk);
  options.max_sessions = std::max(options.max_sessions, 1);
  options.max_draft = std::max(options.max_draft, 0);
  return options;
}

// What a request is measured against.
struct Limits {
  int vocab_size = 0;
  int context_length = 0;
  int pool_tokens = 0;
  std::size_t page_bytes = 0;
  int adapters = 0;
};

base::Result<> check_fields(const GenerateRequest& request, const Limits& limits) {
  if (request.prompt.empty()) return invalid("prompt", "expected at least one token");
  for (const TokenId id : request.prompt) {
    if (id < 0 || id >= limits.vocab_size) {
      return invalid("prompt", "token " + std::to_string(id) + ", expected 0 to " +
                                   std::to_string(limits.vocab_size - 1));
    }
  }
  if (request.session.size() > kMaxSessionBytes) {
    return invalid("session", "expected at most " + std::to_string(kMaxSessionBytes) + " bytes");
  }
  if (request.adapter != kNoAdapter &&
      (request.adapter < 0 || request.adapter >= limits.adapters)) {
    return invalid("lora", "adapter " + std::to_string(request.adapter) + " is none of the " +
                               std::to_string(limits.adapters) + " that are loaded");
  }
  if (request.max_tokens < 0) return invalid("max_tokens", "expected at least 0");
  if (request.priority == Priority::kWarm && request.max_tokens > 0) {
    return invalid("max_tokens", "expected 0 where only the prompt is read");
  }
  if (request.max_prompt_ms < 0) return invalid("max_prompt_ms", "expected at least 0");
  if (request.max_predict_ms < 0) return invalid("max_predict_ms", "expected at least 0");
  if (request.top_logprobs < -1 || request.top_logprobs > kMaxTopLogprobs) {
    return invalid("top_logprobs", "expected -1 to " + std::to_string(kMaxTopLogprobs));
  }
  if (request.stop.size() > kMaxStopStrings) {
    return invalid("stop", "expected at most " + std::to_string(kMaxStopStrings) + " strings");
  }
  for (const std::string& stop : request.stop) {
    if (stop.empty() || stop.size() > kMaxStopBytes) {
      return invalid("stop", "a string of " + std::to_string(stop.size()) +
                                 " bytes, expected 1 to " + std::to_string(kMaxStopBytes));
    }
  }
  return check(request.sampling, limits.vocab_size);
}

// Cuts max_tokens to what fits, or says that nothing does.
base::Result<> fit(GenerateRequest& request, const Limits& limits) {
  const auto prompt = request.prompt.size();
  const auto room = static_cast<std::size_t>(std::min(limits.context_length, limits.pool_tokens));
  const std::size_t needed = prompt + (request.max_tokens > 0 ? 1 : 0);
  if (needed > room) {
    const bool memory = limits.pool_tokens < limits.context_length;
    return base::Error{.code = base::ErrorCode::kContextExceeded,
                       .message = "prompt of " + std::to_string(prompt) + " tokens, expected " +
                                  "room for an answer within " + std::to_string(room) +
                                  (memory ? " tokens of KV memory" : " tokens of context"),
                       .param = "prompt"};
  }
  request.max_tokens = std::min(request.max_tokens, static_cast<int>(room - prompt));
  return {};
}

}  // namespace

struct Engine::Impl {
  Impl(std::unique_ptr<model::LanguageModel> model,
       std::shared_ptr<const tokenizer::Tokenizer> tokenizer, const EngineOptions& options,
       std::unique_ptr<model::LanguageModel> draft_model)
      : limits{.vocab_size = model->vocab_size(),
               .context_length = model->context_length(),
               .pool_tokens = model->page_count() * model::kPageTokens,
               .page_bytes = model->page_bytes(),
               .adapters = model->adapters()},
        mailbox(std::make_shared<Mailbox>(options, model->page_count())),
        loop(std::move(model), std::move(draft_model), std::move(tokenizer), options, mailbox),
        thread([this] { loop.run(); }) {}

  ~Impl() {
    mailbox->close();
    thread.join();
  }

  const Limits limits;
  const std::shared_ptr<Mailbox> mailbox;
  EngineLoop loop;  // the thread's, once that runs
  std::thread thread;
};

Engine::Engine(std::unique_ptr<model::LanguageModel> model,
               std::shared_ptr<const tokenizer::Tokenizer> tokenizer, EngineOptions options,
               std::unique_ptr<model::LanguageModel> draft_model) {
  assert(!draft_model || draft_model->vocab_size() == model->vocab_size());
  options = checked(options, *model);
  impl_ = std::make_unique<Impl>(std::move(model), std::move(tokenizer), options,
                                 std::move(draft_model));
}

Engine::~Engine() = default;

base::Result<Generation> Engine::submit(GenerateRequest request, EventSink sink) {
  CROMWELL_ASSIGN(const auto generations, submit(std::move(request), std::move(sink), {}));
  return generations.front();
}

base::Result<std::vector<Generation>> Engine::submit(GenerateRequest request, EventSink sink,
                                                     std::vector<ForkRequest> forks,
                                                     const BeforeStart& before_start) {
  CROMWELL_TRY(check_fields(request, impl_->limits));
  CROMWELL_TRY(fit(request, impl_->limits));
  const auto make_link = [this] {
    auto link = std::make_shared<GenerationLink>();
    link->mailbox = impl_->mailbox;
    link->vocab_size = impl_->limits.vocab_size;
    return link;
  };
  if (!request.sampling.seed) request.sampling.seed = random_seed();
  const auto now = Clock::now();
  SubmitCommand command{.link = make_link(),
                        .request = std::move(request),
                        .sink = std::move(sink),
                        .submitted = now};
  std::vector<Generation> generations{Generation(command.link)};
  std::vector<ForkCommand> more;
  for (ForkRequest& fork : forks) {
    CROMWELL_TRY(check(fork.sampling, impl_->limits.vocab_size));
    if (!fork.sampling.seed) fork.sampling.seed = random_seed();
    more.push_back({.link = make_link(),
                    .sampling = std::move(fork.sampling),
                    .draft = std::move(fork.draft),
                    .sink = std::move(fork.sink),
                    .submitted = now,
                    .refused = std::nullopt});
    generations.push_back(Generation(more.back().link));
  }
  if (before_start) before_start(generations);
  CROMWELL_TRY(impl_->mailbox->submit(std::move(command), std::move(more)));
  return generations;
}

std::vector<SessionInfo> Engine::sessions() const { return impl_->mailbox->sessions(); }

base::Result<> Engine::delete_session(const std::string& id) {
  return impl_->mailbox->delete_session(id);
}

base::Result<> Engine::pin_session(const std::string& id, bool pinned) {
  return impl_->mailbox->pin_session(id, pinned);
}

base::Result<SavedText> Engine::copy_session(const std::string& id) {
  for (int begun = 0; begun < kCopyAttempts; ++begun) {
    CROMWELL_ASSIGN(SavedText text, copy_pages(id, 0));
    const auto pages = static_cast<std::size_t>(pages_for(static_cast<int>(text.tokens.size())));
    while (text.pages.size() < pages) {
      CROMWELL_ASSIGN(SavedText more, copy_pages(id, static_cast<int>(text.pages.size())));
      if (more.tokens != text.tokens) break;  // it has run meanwhile
      std::move(more.pages.begin(), more.pages.end(), std::back_inserter(text.pages));
    }
    if (text.pages.size() == pages) return text;
  }
  return base::Error{.code = base::ErrorCode::kConflict,
                     .message = "the session's text changes while it is copied: " + id,
                     .param = "session"};
}

base::Result<SavedText> Engine::copy_pages(const std::string& session, int from_page) {
  CopySessionCommand command{.session = session, .from_page = from_page, .answer = {}};
  auto answer = command.answer.get_future();
  if (!impl_->mailbox->post(std::move(command))) return ended();
  return answer.get();
}

base::Result<> Engine::put_session(const std::string& id, SavedText text) {
  if (id.empty() || id.size() > kMaxSessionBytes) {
    return invalid("session", "expected 1 to " + std::to_string(kMaxSessionBytes) + " bytes");
  }
  PutSessionCommand command{.session = id, .text = std::move(text), .answer = {}};
  auto answer = command.answer.get_future();
  if (!impl_->mailbox->post(std::move(command))) return ended();
  return answer.get();
}

SessionLimits Engine::session_limits() const {
  const Limits& limits = impl_->limits;
  return {.page_bytes = limits.page_bytes,
          .max_tokens = std::min(limits.context_length, limits.pool_tokens),
          .vocab_size = limits.vocab_size};
}

EngineStatus Engine::status() const { return impl_->mailbox->status(); }

EngineMetrics Engine::metrics() const { return impl_->mailbox->metrics(); }

void Engine::drain(std::chrono::milliseconds deadline) { impl_->mailbox->drain(deadline); }

void Generation::cancel() const {
  if (!link_) return;
  link_->cancelled.store(true, std::memory_order_release);
  link_->mailbox->wake();
}

void Generation::rewind_to(int tokens) const {
  if (!link_) return;
  link_->rewinds.store(true, std::memory_order_release);
  link_->mailbox->post(RewindCommand{.id = link_->id, .tokens = tokens});
}

void Generation::replace_draft(std::unique_ptr<DraftSource> draft) const {
  if (link_) {
    link_->mailbox->post(ReplaceDraftCommand{.id = link_->id, .draft = std::move(draft)});
  }
}

Generation Generation::fork(SamplingOptions sampling, EventSink sink) const {
  if (!link_) return {};
  if (!sampling.seed) sampling.seed = random_seed();
  std::optional<base::Error> refused;
  if (auto checked = check(sampling, link_->vocab_size); !checked)
    refused = std::move(checked).error();
  auto link = std::make_shared<GenerationLink>();
  link->mailbox = link_->mailbox;
  link->vocab_size = link_->vocab_size;
  link_->mailbox->fork({.parent = link_->id,
                        .link = link,
                        .sampling = std::move(sampling),
                        .draft = nullptr,
                        .sink = std::move(sink),
                        .submitted = Clock::now(),
                        .refused = std::move(refused)});
  return Generation(std::move(link));
}

}  // namespace cromwell::engine
