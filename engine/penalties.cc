#include "engine/penalties.h"

#include <algorithm>
#include <string_view>

namespace cromwell::engine {
namespace {

constexpr float kMaxDryPenalty = 1e30F;  // finite, so that a text of repetitions alone goes on

}  // namespace

Penalties::Penalties(int vocab_size, const tokenizer::Tokenizer* tokenizer)
    : tokenizer_(tokenizer),
      epochs_(static_cast<std::size_t>(vocab_size)),
      counts_(epochs_.size()),
      longest_(epochs_.size()) {}

bool Penalties::are_off(const SamplingOptions& options) {
  return options.logit_bias.empty() && options.repetition_penalty == 1 &&
         options.frequency_penalty == 0 && options.presence_penalty == 0 &&
         options.dry.multiplier == 0;
}

void Penalties::apply(const SamplingOptions& options, const TextSoFar& text,
                      std::span<float> logits) {
  for (const LogitBias& one : options.logit_bias) {
    logits[static_cast<std::size_t>(one.token)] += one.bias;
  }
  if (options.repetition_penalty != 1) {
    repetition(text.tokens, options.repetition_penalty, logits);
  }
  if (options.frequency_penalty != 0 || options.presence_penalty != 0) {
    frequency(options, text.tokens.subspan(text.answer_from), logits);
  }
  if (options.dry.multiplier != 0) dry(options.dry, text.tokens, logits);
}

void Penalties::count(std::span<const TokenId> text) {
  if (++epoch_ == 0) {
    std::fill(epochs_.begin(), epochs_.end(), 0U);
    epoch_ = 1;
  }
  distinct_.clear();
  for (const TokenId token : text) {
    const auto i = static_cast<std::size_t>(token);
    if (epochs_[i] != epoch_) {
      epochs_[i] = epoch_;
      counts_[i] = 0;
      distinct_.push_back(token);
    }
    ++counts_[i];
  }
}

void Penalties::repetition(std::span<const TokenId> text, float penalty, std::span<float> logits) {
  count(text);
  for (const TokenId token : distinct_) {
    float& x = logits[static_cast<std::size_t>(token)];
    x = x > 0 ? x / penalty : x * penalty;
  }
}

void Penalties::frequency(const SamplingOptions& options, std::span<const TokenId> answer,
                          std::span<float> logits) {
  count(answer);
  for (const TokenId token : distinct_) {
    const auto i = static_cast<std::size_t>(token);
    logits[i] -= static_cast<float>(counts_[i]) * options.frequency_penalty;
    logits[i] -= options.presence_penalty;
  }
}

// matches_[i]: how many tokens up to i (counted backwards) are the text's last ones: the Z-array of
// the reversed text (Gusfield, "Algorithms on Strings, Trees, and Sequences", section 1.4), linear
// also in a text that only repeats itself.
void Penalties::match_end(std::span<const TokenId> text) {
  const int size = static_cast<int>(text.size());
  const auto reversed = [&](int i) { return text[static_cast<std::size_t>(size - 1 - i)]; };
  matches_.assign(text.size(), size);
  const auto z = [&](int i) -> int& { return matches_[static_cast<std::size_t>(size - 1 - i)]; };
  int left = 0, right = 0;  // the match that reaches furthest
  for (int i = 1; i < size; ++i) {
    int length = i < right ? std::min(right - i, z(i - left)) : 0;
    while (i + length < size && reversed(length) == reversed(i + length)) ++length;
    if (i + length > right) {
      left = i;
      right = i + length;
    }
    z(i) = length;
  }
}

void Penalties::dry(const DryOptions& options, std::span<const TokenId> text,
                    std::span<float> logits) {
  if (options.range >= 0) {
    text = text.last(std::min(text.size(), static_cast<std::size_t>(options.range)));
  }
  match_end(text);
  int unbroken = 0;  // tokens at the end of the text before one that breaks
  int longest = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) longest = std::max(longest, matches_[i]);
  while (unbroken < longest &&
         !breaks(text[text.size() - 1 - static_cast<std::size_t>(unbroken)], options)) {
    ++unbroken;
  }
  if (unbroken < options.allowed_length) return;
  count({});
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const int length = std::min(matches_[i], unbroken);
    if (length < options.allowed_length) continue;
    const auto next = static_cast<std::size_t>(text[i + 1]);
    if (epochs_[next] != epoch_) {
      epochs_[next] = epoch_;
      longest_[next] = 0;
      if (!breaks(text[i + 1], options)) distinct_.push_back(text[i + 1]);
    }
    longest_[next] = std::max(longest_[next], length);
  }
  for (const TokenId token : distinct_) {
    const auto i = static_cast<std::size_t>(token);
    float penalty = options.multiplier;
    for (int n = options.allowed_length; n < longest_[i] && penalty < kMaxDryPenalty; ++n) {
      penalty *= options.base;
    }
    logits[i] -= std::min(penalty, kMaxDryPenalty);
  }
}

bool Penalties::breaks(TokenId token, const DryOptions& options) const {
  if (tokenizer_ == nullptr) return false;
  const std::string_view bytes = tokenizer_->bytes(token);
  return std::any_of(
      options.sequence_breakers.begin(), options.sequence_breakers.end(),
      [&](const std::string& text) { return bytes.find(text) != std::string_view::npos; });
}

}  // namespace cromwell::engine
