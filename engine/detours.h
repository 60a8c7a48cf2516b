// Detours: tokens that led an answer nowhere and are not taken again in their place, so that a
// generation that was rewound goes on with the next best. Shared by the generation's constraint and
// whoever rewinds it; engine thread only.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "engine/constraint.h"
#include "engine/generation.h"

namespace cromwell::engine {

class Detours {
 public:
  // `place`: which generated token, from 0.
  void forbid(int place, TokenId token) { forbidden_[place].push_back(token); }
  void mask(int place, std::span<float> logits) const;

 private:
  std::map<int, std::vector<TokenId>> forbidden_;
};

class DetourConstraint final : public Constraint {
 public:
  explicit DetourConstraint(std::shared_ptr<const Detours> detours)
      : detours_(std::move(detours)) {}

  void mask(std::span<float> logits) override { detours_->mask(place_, logits); }
  void accept(TokenId) override { ++place_; }
  void rewind_to(int tokens) override { place_ = tokens; }

 private:
  std::shared_ptr<const Detours> detours_;
  int place_ = 0;
};

}  // namespace cromwell::engine
