// What the generating endpoints ask of the engine beside their own fields: guesses that make it
// faster, further choices of one prompt, and the room that a prompt has. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "edit/fill_prompt.h"
#include "engine/engine.h"
#include "engine/generation.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::api {

// `choices` answers to the request's prompt: gives it a seed, if it has none, and a draft, and the
// answers after the first the seeds that follow, so that one number says them all.
std::vector<engine::ForkRequest> fork_request(engine::GenerateRequest& request, int choices,
                                              const tokenizer::Tokenizer& tokenizer,
                                              const std::optional<std::string>& prediction);

// Tokens that a prompt may have which is cut to what the context holds: an answer of `max_tokens`
// fits behind it, or one of a quarter of the context.
int fill_room(const ServiceParts& parts, int max_tokens);

// What fills in at a place: the prompt's ids and how its answer ends become the request's.
base::Result<edit::FillPrompt> fill_prompt(const ServiceParts& parts, const edit::FillText& text,
                                           int max_tokens);

}  // namespace cromwell::api
