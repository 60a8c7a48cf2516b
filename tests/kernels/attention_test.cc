// Attention against softmax(q K^T) V in double, over KV pages that hold garbage past their end.
#include <limits>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

constexpr half kNan = 0x7e00;

// Keys and values of one head in blocks of kKvBlock positions; unused positions hold NaN.
struct Pages {
  Pages(int positions, int head_dim, std::mt19937& random)
      : k(values(positions, head_dim, random)), v(values(positions, head_dim, random)) {
    for (std::size_t at = 0; at < k.size(); at += static_cast<std::size_t>(kKvBlock * head_dim)) {
      k_blocks.push_back(&k[at]);
      v_blocks.push_back(&v[at]);
    }
  }

  static std::vector<half> values(int positions, int head_dim, std::mt19937& random) {
    const int blocks = (positions + kKvBlock - 1) / kKvBlock;
    std::vector<half> halves(static_cast<std::size_t>(blocks * kKvBlock * head_dim), kNan);
    const auto used = static_cast<std::size_t>(positions * head_dim);
    const std::vector<float> floats = random_floats(used, random, 1.5f);
    for (std::size_t i = 0; i < used; ++i) halves[i] = scalar::float_to_half(floats[i]);
    return halves;
  }

  std::vector<half> k;
  std::vector<half> v;
  std::vector<const half*> k_blocks;
  std::vector<const half*> v_blocks;
};

struct Case {
  int length;  // positions in the cache, the queries' own included
  int tokens;  // queries: the last positions
  int group;
  int head_dim;
};

class Attention : public EachIsa {
 protected:
  AttentionArgs args(const Case& c, const Pages& pages, const std::vector<float>& q,
                     std::vector<float>& out) {
    AttentionArgs a;
    a.q = q.data();
    a.q_stride = c.group * c.head_dim;
    a.out = out.data();
    a.out_stride = c.group * c.head_dim;
    a.n_tokens = c.tokens;
    a.first_position = c.length - c.tokens;
    a.group = c.group;
    a.head_dim = c.head_dim;
    a.scale = 1 / std::sqrt(static_cast<float>(c.head_dim));
    a.k_blocks = pages.k_blocks.data();
    a.v_blocks = pages.v_blocks.data();
    return a;
  }

  void expect_right(const Case& c) {
    const Pages pages(c.length, c.head_dim, random_);
    const std::vector<float> q =
        random_floats(static_cast<std::size_t>(c.tokens * c.group * c.head_dim), random_, 2);
    std::vector<float> out(q.size(), -7);
    kernels().attention(args(c, pages, q, out));
    for (int t = 0; t < c.tokens; ++t) {
      const int length = c.length - c.tokens + t + 1;
      for (int h = 0; h < c.group; ++h) {
        const auto at = static_cast<std::size_t>((t * c.group + h) * c.head_dim);
        expect_one(c, pages, &q[at], length, &out[at]);
        if (HasFailure()) return;
      }
    }
  }

  void expect_one(const Case& c, const Pages& pages, const float* q, int length, const float* out) {
    const auto dim = static_cast<std::size_t>(c.head_dim);
    std::vector<double> weights;
    double largest = -INFINITY;
    for (std::size_t j = 0; j < static_cast<std::size_t>(length); ++j) {
      double dot = 0;
      for (std::size_t d = 0; d < dim; ++d) {
        dot += static_cast<double>(q[d]) * scalar::half_to_float(pages.k[j * dim + d]);
      }
      weights.push_back(dot / std::sqrt(static_cast<double>(c.head_dim)));
      largest = std::max(largest, weights.back());
    }
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(weight - largest);
    for (std::size_t d = 0; d < dim; ++d) {
      double expected = 0;
      for (std::size_t j = 0; j < weights.size(); ++j) {
        expected += weights[j] / sum * scalar::half_to_float(pages.v[j * dim + d]);
      }
      ASSERT_NEAR(out[d], expected, 1e-5) << "length " << length << " of " << c.length << ", group "
                                          << c.group << ", head_dim " << c.head_dim << ", d " << d;
    }
  }
};

TEST_P(Attention, EqualsDoubleArithmeticForEveryLengthTo200) {
  for (int length = 1; length <= 200 && !HasFailure(); ++length) expect_right({length, 1, 3, 64});
}

TEST_P(Attention, EqualsDoubleArithmeticForEveryShapeOfHead) {
  for (int head_dim = 16; head_dim <= 256; head_dim += 16) {
    for (const int group : {1, 2, 5, 8}) {
      expect_right({130, 3, group, head_dim});
      if (HasFailure()) return;
    }
  }
}

TEST_P(Attention, IsCausalForAWholePrompt) {
  expect_right({64, 64, 3, 64});
  expect_right({150, 150, 2, 32});
  expect_right({100, 36, 9, 64});
  expect_right({300, 200, 3, 16});
}

TEST_P(Attention, GivesTheSameBitsForAnyTileOfQueries) {
  for (const Case whole : {Case{200, 200, 3, 64}, Case{333, 64, 7, 128}, Case{70, 70, 1, 256}}) {
    const Pages pages(whole.length, whole.head_dim, random_);
    const std::vector<float> q = random_floats(
        static_cast<std::size_t>(whole.tokens * whole.group * whole.head_dim), random_, 2);
    std::vector<float> expected(q.size());
    kernels().attention(args(whole, pages, q, expected));
    for (const int tile : {1, 2, 3, 8, 50, 64}) {
      std::vector<float> out(q.size());
      for (int t = 0; t < whole.tokens; t += tile) {
        AttentionArgs a = args(whole, pages, q, out);
        a.q += t * a.q_stride;
        a.out += t * a.out_stride;
        a.n_tokens = std::min(tile, whole.tokens - t);
        a.first_position += t;
        kernels().attention(a);
      }
      EXPECT_TRUE(same_bits(out, expected)) << "tile " << tile << ", length " << whole.length;
    }
  }
}

TEST_P(Attention, LeavesOtherHeadsAlone) {
  const Case c = {70, 4, 2, 32};
  const Pages pages(c.length, c.head_dim, random_);
  const std::vector<float> q = random_floats(4 * 200, random_);
  std::vector<float> out(4 * 300, -7);
  AttentionArgs a = args(c, pages, q, out);
  a.q_stride = 200;
  a.out_stride = 300;
  kernels().attention(a);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i] == -7, i % 300 >= 64) << i;
}

// A maximum far above the rest must not overflow, one far below must not divide by zero.
TEST_P(Attention, SurvivesLargeScores) {
  const Case c = {130, 1, 1, 64};
  Pages pages(c.length, c.head_dim, random_);
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> q(64);
    for (std::size_t d = 0; d < 64; ++d) q[d] = sign * 1000 * scalar::half_to_float(pages.k[d]);
    std::vector<float> out(64);
    kernels().attention(args(c, pages, q, out));
    for (std::size_t d = 0; d < 64; ++d) {
      ASSERT_TRUE(std::isfinite(out[d]));
      if (sign > 0) {
        EXPECT_EQ(out[d], scalar::half_to_float(pages.v[d]));
      }
    }
  }
}

CROMWELL_FOR_EACH_ISA(Attention);

}  // namespace
}  // namespace cromwell::kernels
