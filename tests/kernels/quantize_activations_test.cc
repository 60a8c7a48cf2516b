#include <cfloat>
#include <limits>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

class QuantizeActivations : public EachIsa {};

TEST_P(QuantizeActivations, GivesTheSameBitsAsScalar) {
  for (const int cols : {32, 64, 576, 1536}) {
    const int tokens = 5;
    std::vector<float> floats = random_floats(static_cast<std::size_t>(tokens * cols), random_, 3);
    for (int i = 0; i < 32; ++i) floats[static_cast<std::size_t>(i)] = 0;  // all zero
    floats[40 % floats.size()] = 127.0f;                                   // exact ties
    floats[41 % floats.size()] = 0.5f;
    floats[42 % floats.size()] = -1.5f;
    const auto expected = make_activations(floats, tokens, cols);
    const auto actual = make_activations(floats, tokens, cols, kernels());
    EXPECT_EQ(actual->q, expected->q) << cols;
    EXPECT_TRUE(same_bits(actual->scale, expected->scale)) << cols;
    EXPECT_EQ(actual->sum16, expected->sum16) << cols;
  }
}

// Values about halfway between two integers, where any other arithmetic than x / scale shows.
TEST_P(QuantizeActivations, GivesTheSameBitsAsScalarNearTies) {
  std::uniform_real_distribution<float> largest(0.5f, 2.0f);
  std::uniform_int_distribution<int> whole(-126, 125);
  constexpr int kCols = 32 * 1000;
  std::vector<float> floats;
  while (floats.size() < kCols) {
    floats.push_back(largest(random_));
    const float scale = floats.back() / 127.0f;
    for (int i = 1; i < 32; ++i) {
      floats.push_back((static_cast<float>(whole(random_)) + 0.5f) * scale);
    }
  }
  const auto expected = make_activations(floats, 1, kCols);
  const auto actual = make_activations(floats, 1, kCols, kernels());
  EXPECT_EQ(actual->q, expected->q);
}

TEST_P(QuantizeActivations, RoundsTiesToEven) {
  std::vector<float> floats(32, 0.0f);
  floats[0] = 127;  // scale 1
  floats[1] = 0.5f;
  floats[2] = 1.5f;
  floats[3] = -2.5f;
  const auto x = make_activations(floats, 1, 32, kernels());
  EXPECT_EQ(x->scale[0], 1.0f);
  EXPECT_EQ(x->q[1], 0);
  EXPECT_EQ(x->q[2], 2);
  EXPECT_EQ(x->q[3], -2);
  EXPECT_EQ(x->sum16[0], 127);
}

TEST_P(QuantizeActivations, WritesOnlyItsTokens) {
  const std::vector<float> floats = random_floats(4 * 64, random_);
  const auto all = make_activations(floats, 4, 64, kernels());
  auto some = make_activations(std::vector<float>(4 * 64, 0.0f), 4, 64, kernels());
  kernels().quantize_activations(floats.data(), 1, 3, some->view.q8);
  for (std::size_t i = 0; i < some->q.size(); ++i) {
    EXPECT_EQ(some->q[i], i >= 64 && i < 192 ? all->q[i] : 0) << i;
  }
}

TEST_P(QuantizeActivations, TreatsBlocksWithoutAUsableScaleAsZero) {
  for (const float value : {std::numeric_limits<float>::denorm_min(), FLT_MIN,
                            std::numeric_limits<float>::infinity()}) {
    std::vector<float> floats(32, 0.0f);
    floats[3] = -value;
    const auto x = make_activations(floats, 1, 32, kernels());
    EXPECT_EQ(x->scale[0], 0.0f);
    EXPECT_EQ(x->q, std::vector<std::int8_t>(32, 0));
  }
}

CROMWELL_FOR_EACH_ISA(QuantizeActivations);

}  // namespace
}  // namespace cromwell::kernels
