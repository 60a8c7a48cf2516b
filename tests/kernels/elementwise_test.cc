#include <limits>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

constexpr int kSizes[] = {1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 576, 1001};

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class Elementwise : public EachIsa {};

TEST_P(Elementwise, RmsNormEqualsDoubleArithmetic) {
  for (const int n : kSizes) {
    const std::vector<float> x = random_floats(static_cast<std::size_t>(n), random_, 4);
    const std::vector<float> gamma = random_floats(x.size(), random_);
    std::vector<float> out(x.size());
    kernels().rms_norm(x.data(), gamma.data(), n, 1e-5f, out.data());
    double sum = 0;
    for (const float value : x) sum += static_cast<double>(value) * value;
    const double factor = 1 / std::sqrt(sum / n + static_cast<double>(1e-5f));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double expected = x[i] * factor * gamma[i];
      EXPECT_NEAR(out[i], expected, 1e-6 * std::fabs(expected)) << n << " at " << i;
    }
    std::vector<float> in_place = x;
    kernels().rms_norm(in_place.data(), gamma.data(), n, 1e-5f, in_place.data());
    EXPECT_TRUE(same_bits(in_place, out)) << n;
  }
}

TEST_P(Elementwise, RopeRotatesAdjacentPairsOrHalves) {
  constexpr int kHeads = 3;
  for (const auto& [head_dim, rope_dim] :
       {std::pair{64, 64}, {64, 32}, {16, 16}, {128, 128}, {80, 20}}) {
    for (const RopeLayout layout : {RopeLayout::kInterleaved, RopeLayout::kHalves}) {
      const int pairs = rope_dim / 2;
      const std::vector<float> x =
          random_floats(static_cast<std::size_t>(kHeads * head_dim), random_);
      std::vector<float> cos;
      std::vector<float> sin;
      for (int i = 0; i < pairs; ++i) {
        cos.push_back(std::cos(0.37f * static_cast<float>(i + 1)));
        sin.push_back(std::sin(0.37f * static_cast<float>(i + 1)));
      }
      std::vector<double> expected(x.begin(), x.end());
      for (int h = 0; h < kHeads; ++h) {
        for (int i = 0; i < pairs; ++i) {
          const bool interleaved = layout == RopeLayout::kInterleaved;
          const auto a = static_cast<std::size_t>(h * head_dim + (interleaved ? 2 * i : i));
          const auto b =
              static_cast<std::size_t>(h * head_dim + (interleaved ? 2 * i + 1 : i + pairs));
          const double c = cos[static_cast<std::size_t>(i)];
          const double s = sin[static_cast<std::size_t>(i)];
          expected[a] = x[a] * c - x[b] * s;
          expected[b] = x[a] * s + x[b] * c;
        }
      }
      std::vector<float> out = x;
      kernels().rope(out.data(), kHeads, head_dim, rope_dim, cos.data(), sin.data(), layout);
      for (std::size_t i = 0; i < out.size(); ++i) {
        EXPECT_NEAR(out[i], expected[i], 1e-6) << head_dim << " " << rope_dim << " at " << i;
      }
    }
  }
}

// Gates from far below the underflow of exp to far above.
std::vector<float> gates(std::size_t n, std::mt19937& random) {
  std::vector<float> values = random_floats(n, random, 6);
  const float special[] = {0.0f, -0.0f, -87.0f, -88.8f, -104.0f, -1000.0f, 88.8f, 1000.0f, 1e-20f};
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 3 == 1) values[i] = special[i / 3 % std::size(special)];
  }
  return values;
}

TEST_P(Elementwise, SwigluEqualsDoubleArithmetic) {
  for (const int n : kSizes) {
    const std::vector<float> gate = gates(static_cast<std::size_t>(n), random_);
    const std::vector<float> up = random_floats(gate.size(), random_);
    std::vector<float> silu(gate.size());
    std::vector<float> sigmoid(gate.size());
    kernels().swiglu_silu(gate.data(), up.data(), n, silu.data());
    kernels().swiglu_sigmoid(gate.data(), up.data(), n, sigmoid.data());
    for (std::size_t i = 0; i < gate.size(); ++i) {
      const double g = gate[i];
      const double s = 1 / (1 + std::exp(-g)) * up[i];
      // Four units in the last place; below 2^-126 the result may be flushed to zero.
      EXPECT_NEAR(sigmoid[i], s, 5e-7 * std::fabs(s) + 1e-36) << gate[i];
      EXPECT_NEAR(silu[i], g * s, 5e-7 * std::fabs(g * s) + 1e-33) << gate[i];
    }
    std::vector<float> in_place = gate;
    kernels().swiglu_silu(in_place.data(), up.data(), n, in_place.data());
    EXPECT_TRUE(same_bits(in_place, silu)) << n;
  }
}

TEST_P(Elementwise, DoesNotDependOnThePlaceInTheVector) {
  const std::vector<float> gate(37, -1.2345f);
  const std::vector<float> up(37, 0.777f);
  std::vector<float> out(37);
  kernels().swiglu_silu(gate.data(), up.data(), 37, out.data());
  EXPECT_TRUE(same_bits(out, std::vector<float>(37, out[0])));
}

TEST_P(Elementwise, AddsInPlace) {
  for (const int n : kSizes) {
    const std::vector<float> x = random_floats(static_cast<std::size_t>(n), random_);
    const std::vector<float> before = random_floats(x.size(), random_);
    std::vector<float> y = before;
    kernels().add(x.data(), n, y.data());
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], before[i] + x[i]);
  }
}

TEST_P(Elementwise, SumsExponentialsOfLogits) {
  for (const int n : kSizes) {
    std::vector<float> x = random_floats(static_cast<std::size_t>(n), random_, 9);
    for (float& value : x) value += 300;  // would overflow if the largest were not taken off
    if (n > 2) x[1] = -kInfinity;
    const LogitSum got = kernels().sum_logits(x.data(), n);
    const float max = *std::max_element(x.begin(), x.end());
    double sum = 0;
    for (const float value : x) sum += std::exp(static_cast<double>(value) - max);
    EXPECT_EQ(got.max, max) << n;
    EXPECT_NEAR(got.sum, sum, 1e-6 * sum) << n;
  }
}

TEST_P(Elementwise, ASumOfLogitsShowsWhatIsNoNumber) {
  for (const int n : kSizes) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity}) {
      for (const float others : {0.5f, -kInfinity}) {
        for (int at = 0; at < n; at = 2 * at + 1) {
          std::vector<float> x(static_cast<std::size_t>(n), others);
          x[static_cast<std::size_t>(at)] = bad;
          EXPECT_TRUE(std::isnan(kernels().sum_logits(x.data(), n).sum)) << n << " at " << at;
        }
      }
    }
    const std::vector<float> none(static_cast<std::size_t>(n), -kInfinity);
    const LogitSum got = kernels().sum_logits(none.data(), n);
    EXPECT_EQ(got.max, -kInfinity);
    EXPECT_EQ(got.sum, 0.0f);
  }
}

TEST(Half, EveryFiniteValueSurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto value = static_cast<half>(bits);
    const float wide = scalar::half_to_float(value);
    if ((bits & 0x7fff) > 0x7c00) {
      EXPECT_TRUE(std::isnan(wide));
    } else {
      ASSERT_EQ(scalar::float_to_half(wide), value) << bits;
    }
  }
}

TEST(Half, ValuesBetweenNeighboursGoToTheNearerOrEvenOne) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = scalar::half_to_float(static_cast<half>(bits));
    const float high = scalar::half_to_float(static_cast<half>(bits + 1));
    const float middle = (low + high) / 2;
    const std::uint32_t even = bits % 2 == 0 ? bits : bits + 1;
    ASSERT_EQ(scalar::float_to_half(middle), even);
    ASSERT_EQ(scalar::float_to_half(std::nextafter(middle, low)), bits);
    ASSERT_EQ(scalar::float_to_half(std::nextafter(middle, high)), bits + 1);
  }
}

CROMWELL_FOR_EACH_ISA(Elementwise);

}  // namespace
}  // namespace cromwell::kernels
