#include "api/usage_wire.h"

#include <algorithm>

#include "api/schema.h"

namespace cromwell::api {
namespace {

double per_second(int count, double ms) { return ms > 0 ? count * 1000.0 / ms : 0; }

double multiple(const engine::Timings& timings) {
  return timings.decode_ms > 0 ? timings.plain_ms / timings.decode_ms : 1.0;
}

JsonOut multiple_schema() {
  return schema::number(
      "speed over plain decoding: what the passes took against what the same tokens take one by "
      "one, as measured while running; 1 where nothing was measured");
}

}  // namespace

JsonOut usage_json(const engine::Usage& usage, bool has_prediction) {
  JsonOut object;
  object["prompt_tokens"] = usage.prompt_tokens;
  object["completion_tokens"] = usage.completion_tokens;
  object["total_tokens"] = usage.prompt_tokens + usage.completion_tokens;
  object["prompt_tokens_details"]["cached_tokens"] = usage.cached_tokens;
  // What a draft model guessed where the prediction had nothing to say is not its.
  const int accepted = usage.accepted_tokens - usage.model_accepted_tokens;
  JsonOut& details = object["completion_tokens_details"];
  details["accepted_prediction_tokens"] = has_prediction ? accepted : 0;
  details["rejected_prediction_tokens"] =
      has_prediction ? usage.draft_tokens - usage.model_draft_tokens - accepted : 0;
  return object;
}

JsonOut timings_json(const engine::Timings& timings, const engine::Usage& usage) {
  JsonOut object;
  object["queue_ms"] = timings.queue_ms;
  object["prompt_ms"] = timings.prompt_ms;
  object["predict_ms"] = timings.predict_ms;
  object["prompt_per_second"] =
      per_second(usage.prompt_tokens - usage.cached_tokens, timings.prompt_ms);
  // An answer's first token comes out of the prompt's pass: predict_ms is the time of the others.
  object["predict_per_second"] =
      per_second(std::max(0, usage.completion_tokens - timings.answers), timings.predict_ms);
  object["draft_tokens"] = usage.draft_tokens;
  object["accepted_tokens"] = usage.accepted_tokens;
  object["multiple"] = multiple(timings);
  return object;
}

JsonOut llama_timings_json(const engine::Timings& timings, const engine::Usage& usage) {
  const int prompt = usage.prompt_tokens - usage.cached_tokens;
  const auto per_token = [](int count, double ms) { return count > 0 ? ms / count : 0; };
  JsonOut object;
  object["cache_n"] = usage.cached_tokens;
  object["prompt_n"] = prompt;
  object["prompt_ms"] = timings.prompt_ms;
  object["prompt_per_token_ms"] = per_token(prompt, timings.prompt_ms);
  object["prompt_per_second"] = per_second(prompt, timings.prompt_ms);
  object["predicted_n"] = usage.completion_tokens;
  object["predicted_ms"] = timings.predict_ms;
  object["predicted_per_token_ms"] = per_token(usage.completion_tokens, timings.predict_ms);
  object["predicted_per_second"] = per_second(usage.completion_tokens, timings.predict_ms);
  object["draft_n"] = usage.draft_tokens;
  object["draft_n_accepted"] = usage.accepted_tokens;
  object["multiple"] = multiple(timings);
  return object;
}

JsonOut llama_timings_schema() {
  return schema::object({{"cache_n", schema::integer("tokens of the prompt, in memory before")},
                         {"prompt_n", schema::integer("of the others")},
                         {"prompt_ms", schema::number()},
                         {"prompt_per_token_ms", schema::number()},
                         {"prompt_per_second", schema::number()},
                         {"predicted_n", schema::integer()},
                         {"predicted_ms", schema::number()},
                         {"predicted_per_token_ms", schema::number()},
                         {"predicted_per_second", schema::number()},
                         {"draft_n", schema::integer("guessed ahead")},
                         {"draft_n_accepted", schema::integer("of those, right")},
                         {"multiple", multiple_schema()}});
}

JsonOut usage_schema() {
  return schema::object(
      {{"prompt_tokens", schema::integer()},
       {"completion_tokens", schema::integer()},
       {"total_tokens", schema::integer()},
       {"prompt_tokens_details",
        schema::object({{"cached_tokens", schema::integer("that another text had in memory")}})},
       {"completion_tokens_details",
        schema::object(
            {{"accepted_prediction_tokens",
              schema::integer("guessed from the request's prediction, and right")},
             {"rejected_prediction_tokens",
              schema::integer("guessed from it in vain: wrong, or after a wrong one")}})}});
}

JsonOut timings_schema() {
  return schema::object(
      {{"queue_ms", schema::number("waiting for the engine")},
       {"prompt_ms", schema::number("first chunk of the prompt begun to first logits")},
       {"predict_ms", schema::number("first logits to the last token")},
       {"prompt_per_second", schema::number("tokens of the prompt that were not cached")},
       {"predict_per_second", schema::number("generated tokens, of all answers")},
       {"draft_tokens", schema::integer("guessed ahead")},
       {"accepted_tokens", schema::integer("of those, right")},
       {"multiple", multiple_schema()}});
}

}  // namespace cromwell::api
