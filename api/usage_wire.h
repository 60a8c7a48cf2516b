// What an answer cost, as JSON: tokens and times. Any thread.
#pragma once

#include "api/json_writer.h"
#include "engine/generation.h"

namespace cromwell::api {

// `has_prediction`: what was guessed came from the client's prediction.
JsonOut usage_json(const engine::Usage& usage, bool has_prediction);
JsonOut timings_json(const engine::Timings& timings, const engine::Usage& usage);
// The same times as llama-server's clients read them.
JsonOut llama_timings_json(const engine::Timings& timings, const engine::Usage& usage);
JsonOut llama_timings_schema();
JsonOut usage_schema();
JsonOut timings_schema();

}  // namespace cromwell::api
