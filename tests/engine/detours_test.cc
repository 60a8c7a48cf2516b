// Detours: what is forbidden in one place of an answer, and only there.
#include "engine/detours.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cromwell::engine {
namespace {

std::vector<TokenId> masked(DetourConstraint& constraint) {
  std::vector<float> logits(5, 1.0F);
  constraint.mask(logits);
  std::vector<TokenId> found;
  for (TokenId token = 0; token < 5; ++token) {
    if (std::isinf(logits[static_cast<std::size_t>(token)])) found.push_back(token);
  }
  return found;
}

TEST(Detours, ForbidTokensInTheirPlaceAlone) {
  const auto detours = std::make_shared<Detours>();
  DetourConstraint constraint(detours);
  constraint.accept(3);
  detours->forbid(1, 2);
  EXPECT_EQ(masked(constraint), std::vector<TokenId>{2});
  detours->forbid(1, 4);
  EXPECT_EQ(masked(constraint), (std::vector<TokenId>{2, 4}));
  constraint.accept(0);
  EXPECT_TRUE(masked(constraint).empty());
  constraint.rewind_to(1);
  EXPECT_EQ(masked(constraint), (std::vector<TokenId>{2, 4}));
  constraint.rewind_to(0);
  EXPECT_TRUE(masked(constraint).empty());
}

}  // namespace
}  // namespace cromwell::engine
