#include <cfloat>
#include <cstddef>
#include <limits>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

class QuantizeActivations : public EachIsa {
 protected:
  static void expect_same(const TestActivations& actual, const TestActivations& expected) {
    EXPECT_EQ(actual.marks, expected.marks);
    const ActivationPanel& panel = expected.view.q8;
    for (int chunk = 0; chunk < panel.chunks(); ++chunk) {
      for (int b = 0; b < panel.row_blocks(); ++b) {
        const auto begin = static_cast<std::size_t>(panel.begin(chunk, b));
        for (std::size_t t = 0; t < static_cast<std::size_t>(panel.chunk_tokens(chunk)); ++t) {
          expect_same(actual.blocks[begin + t], expected.blocks[begin + t]);
          const auto group = static_cast<std::size_t>(panel.group_begin(chunk, b)) + t;
          expect_same(actual.groups[group], expected.groups[group]);
          if ((panel.mark(chunk, b) >> t & 1) == 0) continue;
          expect_same(actual.outliers[begin + t], expected.outliers[begin + t]);
        }
      }
    }
  }

 private:
  static void expect_same(const ActivationBlock& actual, const ActivationBlock& expected) {
    constexpr std::size_t kUsed = offsetof(ActivationBlock, sum16) + sizeof(ActivationBlock::sum16);
    EXPECT_EQ(0, std::memcmp(&actual, &expected, kUsed));
  }
  static void expect_same(const ActivationGroup& actual, const ActivationGroup& expected) {
    constexpr std::size_t kUsed = offsetof(ActivationGroup, sum16) + sizeof(ActivationGroup::sum16);
    EXPECT_EQ(0, std::memcmp(&actual, &expected, kUsed));
  }
};

TEST_P(QuantizeActivations, GivesTheSameBitsAsScalar) {
  for (const int cols : {32, 64, 576, 1536}) {
    for (const float above : {0.0f, 1.25f, std::numeric_limits<float>::infinity()}) {
      const int tokens = 69;
      std::vector<float> floats =
          random_floats(static_cast<std::size_t>(tokens * cols), random_, 3);
      for (int i = 0; i < 32; ++i) floats[static_cast<std::size_t>(i)] = 0;  // all zero
      floats[40 % floats.size()] = 127.0f;                                   // exact ties
      floats[41 % floats.size()] = 0.5f;
      floats[42 % floats.size()] = -1.5f;
      expect_same(*make_activations(floats, tokens, cols, kernels(), above),
                  *make_activations(floats, tokens, cols, scalar::kTable, above));
    }
  }
}

// Values about halfway between two integers, where any other arithmetic than scalar's shows.
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
  expect_same(*make_activations(floats, 1, kCols, kernels()), *make_activations(floats, 1, kCols));
}

TEST_P(QuantizeActivations, RoundsTiesToEven) {
  std::vector<float> floats(32, 0.0f);
  floats[0] = 127;  // scale 1
  floats[1] = 0.5f;
  floats[2] = 1.5f;
  floats[3] = -2.5f;
  const auto x = make_activations(floats, 1, 32, kernels());
  const ActivationBlock& block = x->blocks[0];
  EXPECT_EQ(block.scale, 1.0f);
  EXPECT_EQ(block.q[1], 0);
  EXPECT_EQ(block.q[2], 2);
  EXPECT_EQ(block.q[3], -2);
  EXPECT_EQ(block.sum16[0], 127);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(block.minus_offset[i], -127 * kWeightOffsets[i]);
}

TEST_P(QuantizeActivations, GivesABlockWithAnOutlierASecondEntry) {
  constexpr int kTokens = 3;
  constexpr int kCols = 32 * 18;
  std::vector<float> floats = random_floats(kTokens * kCols, random_);
  const auto calm = make_activations(floats, kTokens, kCols, kernels(), 3.0f);
  floats[kCols + 32 * 5 + 7] = 100;  // token 1, block 5
  const auto x = make_activations(floats, kTokens, kCols, kernels(), 3.0f);
  for (int b = 0; b < 18; ++b) EXPECT_EQ(x->view.q8.mark(0, b), b == 5 ? 0b010 : 0) << b;
  const std::vector<double> values = x->values();
  for (int i = 32 * 4; i < 32 * 8; ++i) {  // its group is as exact as it was without
    const auto at = static_cast<std::size_t>(kCols + i);
    const auto group = static_cast<std::size_t>(x->view.q8.group_begin(0, i / 32)) + 1;
    EXPECT_LE(x->groups[group].scale, calm->groups[group].scale);
    EXPECT_NEAR(values[at], static_cast<double>(floats[at]), 0.501 * calm->groups[group].scale);
  }
}

TEST_P(QuantizeActivations, GivesTheBlocksOfAGroupOneScale) {
  constexpr int kCols = 32 * 6;  // the second group has two blocks
  const auto x = make_activations(random_floats(kCols, random_), 1, kCols, kernels(),
                                  std::numeric_limits<float>::infinity());
  for (std::size_t b = 0; b < 6; ++b) {
    const ActivationGroup& group = x->groups[b / kGroupBlocks];
    const ActivationBlock& block = x->blocks[b];
    EXPECT_EQ(block.scale, group.scale);
    const std::size_t place = b % kGroupBlocks;
    EXPECT_EQ(group.sum32[place], block.sum16[0] + block.sum16[1]);
    EXPECT_EQ(group.sum16[2 * place], block.sum16[0]);
    EXPECT_EQ(group.sum16[2 * place + 1], block.sum16[1]);
    EXPECT_EQ(block.sum, static_cast<float>(group.sum32[place]));
  }
  EXPECT_EQ(x->groups[1].sum32[2], 0);
}

TEST_P(QuantizeActivations, GivesSecondEntriesToAllOrNone) {
  constexpr int kTokens = 70;
  constexpr int kCols = 64;
  const std::vector<float> floats = random_floats(kTokens * kCols, random_);
  const auto all = make_activations(floats, kTokens, kCols, kernels(), 0);
  const auto none =
      make_activations(floats, kTokens, kCols, kernels(), std::numeric_limits<float>::infinity());
  for (int chunk = 0; chunk < 2; ++chunk) {
    for (int b = 0; b < 2; ++b) {
      EXPECT_EQ(all->view.q8.mark(chunk, b), chunk == 0 ? ~std::uint64_t{0} : 0b111111);
      EXPECT_EQ(none->view.q8.mark(chunk, b), 0);
    }
  }
}

TEST_P(QuantizeActivations, WritesOnlyItsTokens) {
  const auto all = make_activations(random_floats(4 * 64, random_), 4, 64, kernels());
  const auto some = make_activations(std::vector<float>(4 * 64, 0.0f), 4, 64, kernels());
  kernels().quantize_activations(all->floats.data(), 1, 3, kSomeOutliers, some->view.q8);
  for (std::size_t t = 0; t < 4; ++t) {
    const bool written = t == 1 || t == 2;
    for (std::size_t b = 0; b < 2; ++b) {
      EXPECT_EQ(some->blocks[b * 4 + t].scale, written ? all->blocks[b * 4 + t].scale : 0) << t;
    }
  }
}

TEST_P(QuantizeActivations, TreatsBlocksWithoutAUsableScaleAsZero) {
  for (const float value : {std::numeric_limits<float>::denorm_min(), FLT_MIN,
                            std::numeric_limits<float>::infinity()}) {
    std::vector<float> floats(32, 0.0f);
    floats[3] = -value;
    const auto x = make_activations(floats, 1, 32, kernels());
    EXPECT_EQ(x->blocks[0].scale, 0.0f);
    for (const std::int8_t q : x->blocks[0].q) EXPECT_EQ(q, 0);
  }
}

CROMWELL_FOR_EACH_ISA(QuantizeActivations);

}  // namespace
}  // namespace cromwell::kernels
