// One generation as plain data: what is asked of the engine and what it answers, event by event.
// No transport and no JSON here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "engine/constraint.h"
#include "engine/draft_source.h"
#include "model/batch.h"

namespace cromwell::engine {

using TokenId = std::int32_t;
using model::kNoAdapter;

struct LogitBias {
  TokenId token = 0;
  float bias = 0;
};

struct DryOptions {
  float multiplier = 0;    // 0 is off
  float base = 1.75F;      // at least 1
  int allowed_length = 2;  // repetitions of fewer tokens cost nothing
  int range = -1;          // last tokens of prompt and answer that are looked at; -1: all
  // Tokens that hold one of these end a repetition and are never penalised.
  std::vector<std::string> sequence_breakers{"\n", ":", "\"", "*"};
};

struct MirostatOptions {
  int version = 0;   // 0 is off, 2 is the only other
  float tau = 5;     // the surprise aimed at, in bits
  float eta = 0.1F;  // how fast a deviation is corrected
};

// Formulas and their order: engine/penalties.h, engine/sampler.h.
struct SamplingOptions {
  float temperature = 0.2F;         // 0 is greedy
  int top_k = 0;                    // 0 is off
  float top_p = 1.0F;               // 1 is off
  float min_p = 0.0F;               // 0 is off
  float typical_p = 1.0F;           // 1 is off
  float top_n_sigma = 0.0F;         // 0 is off
  float repetition_penalty = 1.0F;  // 1 is off; over the prompt and what was generated
  float frequency_penalty = 0.0F;   // 0 is off; these two over what was generated
  float presence_penalty = 0.0F;
  std::vector<LogitBias> logit_bias;
  DryOptions dry;
  MirostatOptions mirostat;
  std::optional<std::uint64_t> seed;  // none: random, and reported in Started
};

// Who goes first where not all can. A more urgent one also takes the place or the memory of a less
// urgent one that runs, which goes on later.
enum class Priority {
  kInteractive,  // somebody waits with the cursor in the line
  kNormal,
  kBackground,
  kWarm,  // only reads its prompt, and only while nobody else has anything to do
};

inline constexpr int kMaxSessionBytes = 256;
inline constexpr int kMaxStopStrings = 64;
inline constexpr int kMaxStopBytes = 4096;  // of one stop string
inline constexpr int kMaxTopLogprobs = 100;
inline constexpr int kMaxLogitBiases = 1024;
inline constexpr int kMaxSequenceBreakers = 64;

struct GenerateRequest {
  std::string session;          // empty: none; what it computed stays in memory like any other's
  std::vector<TokenId> prompt;  // at least one token
  int max_tokens = 256;         // a cap; 0 only scores the prompt
  Priority priority = Priority::kNormal;
  // Ends those of its session that say the same and have not begun: Failed{kConflict}.
  bool replaces_waiting = false;
  // A LoRA adapter of the model, by number, or none. Keys and values are its own: a cache holds
  // for texts of the same adapter alone.
  int adapter = kNoAdapter;
  SamplingOptions sampling;
  std::vector<std::string> stop;  // the text ends before the first of these
  std::vector<TokenId> spelt;     // special tokens that are part of the text, by their spelling
  bool ignore_eos = false;
  int top_logprobs = -1;         // -1: none; n >= 0: each token's own and the n best tokens'
  bool prompt_logprobs = false;  // score the prompt too (its cached prefix is computed anew)
  int max_prompt_ms = 0;         // of Timings::prompt_ms, then Failed{kTimeout}; 0: no limit
  int max_predict_ms = 0;        // of Timings::predict_ms, then Finished{kLength}; 0: no limit
  std::unique_ptr<Constraint> constraint;  // none: all tokens
  std::unique_ptr<DraftSource> draft;      // none: only a draft model's guesses, if there is one
};

struct TokenLogprob {
  TokenId id = 0;
  float logprob = 0;
};

struct ScoredToken {
  TokenId id = 0;
  float logprob = 0;              // natural log under the unmodified distribution
  std::vector<TokenLogprob> top;  // best first, top_logprobs of them
};

enum class FinishReason { kStop, kLength, kCancelled };

struct Usage {
  int prompt_tokens = 0;
  int cached_tokens = 0;
  int completion_tokens = 0;
  int draft_tokens = 0;
  int accepted_tokens = 0;
  int model_draft_tokens = 0;  // of those, a draft model's
  int model_accepted_tokens = 0;
};

struct Timings {
  int answers = 0;  // that are in it
  double queue_ms = 0;
  double prompt_ms = 0;   // first chunk begun to first logits
  double predict_ms = 0;  // first logits to the last token
  double decode_ms = 0;   // of predict_ms, the passes that computed this generation's tokens only
  double plain_ms = 0;    // what the same tokens would have taken one by one
};

// Of generations that continue one prompt side by side: it counts once, as in `sum`.
void add(Usage& sum, const Usage& other);
void add(Timings& sum, const Timings& other);

// Events of one generation, in this order: Started, Progress*, PromptScored?, Token*, then exactly
// one of Finished and Failed. One that ends while it waits has only the last. A request that
// submit() refused has no events. Progress comes after each chunk of a prompt of several chunks.
// The token that ends the generation by itself (end of text) is the last Token, without text.
struct Started {
  int prompt_tokens = 0;
  int cached_tokens = 0;
  std::uint64_t seed = 0;
};
struct Progress {
  int processed = 0;
  int total = 0;
};
struct PromptScored {
  std::vector<ScoredToken> tokens;  // [prompt_tokens]; the first has logprob NaN
};
struct Token {
  ScoredToken scored;
  std::string text;  // whole UTF-8 characters that became certain; often empty or several tokens'
  int index = 0;     // which generated token it is, from 0; after rewind_to(n) it is n again
};
struct Finished {
  FinishReason reason = FinishReason::kStop;
  std::string text;        // the last of the text (held back for a stop string), may be empty
  std::string stop_match;  // which stop string ended it, if one did
  Usage usage;
  Timings timings;
};
struct Failed {
  base::Error error;
};
using Event = std::variant<Started, Progress, PromptScored, Token, Finished, Failed>;

// Called on the engine thread: hand the event over and return at once.
using EventSink = std::function<void(Event&&)>;

}  // namespace cromwell::engine
