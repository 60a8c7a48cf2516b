#include "api/generation_request.h"

#include <algorithm>
#include <utility>

#include "engine/prompt_lookup.h"
#include "engine/random.h"
#include "engine/region_cursor.h"

namespace cromwell::api {
namespace {

constexpr int kAnswerShare = 4;  // an answer gets at least 1/4 of the context, if it wants so much

// Guesses that only change the speed: from the client's prediction, else from the prompt.
std::unique_ptr<engine::DraftSource> draft_of(
    const std::optional<std::vector<engine::TokenId>>& prediction, std::size_t prompt_tokens) {
  if (!prediction) return std::make_unique<engine::PromptLookup>();
  return std::make_unique<engine::RegionCursor>(*prediction, static_cast<int>(prompt_tokens));
}

}  // namespace

std::vector<engine::ForkRequest> fork_request(engine::GenerateRequest& request, int choices,
                                              const tokenizer::Tokenizer& tokenizer,
                                              const std::optional<std::string>& prediction) {
  if (choices > 1 && !request.sampling.seed) request.sampling.seed = engine::random_seed();
  std::optional<std::vector<engine::TokenId>> predicted;
  if (prediction) predicted = tokenizer.encode(*prediction).ids;
  request.draft = draft_of(predicted, request.prompt.size());
  std::vector<engine::ForkRequest> forks;
  for (int i = 1; i < choices; ++i) {
    engine::ForkRequest fork{.sampling = request.sampling, .sink = {}, .draft = nullptr};
    fork.sampling.seed = *request.sampling.seed + static_cast<std::uint64_t>(i);
    fork.draft = draft_of(predicted, request.prompt.size());
    forks.push_back(std::move(fork));
  }
  return forks;
}

int fill_room(const ServiceParts& parts, int max_tokens) {
  return parts.context_length - std::min(max_tokens, parts.context_length / kAnswerShare);
}

base::Result<edit::FillPrompt> fill_prompt(const ServiceParts& parts, const edit::FillText& text,
                                           int max_tokens) {
  return edit::make_fill_prompt(text, fill_room(parts, max_tokens) - 1, *parts.tokenizer);
}

}  // namespace cromwell::api
