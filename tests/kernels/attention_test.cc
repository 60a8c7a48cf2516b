// Attention against softmax(q K^T) V in double, over KV blocks that hold garbage past their end.
#include <limits>

#include "kernels/scalar/kv_block.h"
#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

constexpr KvType kKvTypes[] = {KvType::kF16, KvType::kQ8_0};

struct Case {
  int length;  // positions in the cache, the queries' own included
  int tokens;  // queries: the last positions
  int group;
  int head_dim;
  KvType type = KvType::kF16;
  int window = 0;

  std::size_t dim() const { return static_cast<std::size_t>(head_dim); }
  std::size_t queries() const { return static_cast<std::size_t>(tokens * group); }
  int segments() const { return (length + kKvSegment - 1) / kKvSegment; }
};

// Keys and values of one head in blocks of kKvBlock positions; unused positions hold NaN.
struct Pages {
  Pages(const Kernels& kernels, const Case& c, std::mt19937& random)
      : type(c.type), head_dim(c.head_dim) {
    const auto count = static_cast<std::size_t>((c.length + kKvBlock - 1) / kKvBlock);
    const std::size_t bytes = kv_block_bytes(type, head_dim);
    k.resize(count * bytes, std::byte{0xff});
    v.resize(count * bytes, std::byte{0xff});
    for (std::size_t b = 0; b < count; ++b) {
      k_blocks.push_back(&k[b * bytes]);
      v_blocks.push_back(&v[b * bytes]);
    }
    for (int j = 0; j < c.length; ++j) {
      const std::vector<float> x = random_floats(2 * c.dim(), random, 1.5f);
      const auto b = static_cast<std::size_t>(j / kKvBlock);
      kernels.store_kv(type, x.data(), x.data() + head_dim, head_dim, j % kKvBlock, &k[b * bytes],
                       &v[b * bytes]);
    }
  }

  double key(int j, int d) const {
    const std::byte* block = k_blocks[static_cast<std::size_t>(j / kKvBlock)];
    return scalar::key(type, block, head_dim, d, j % kKvBlock);
  }
  double value(int j, int d) const {
    const std::byte* block = v_blocks[static_cast<std::size_t>(j / kKvBlock)];
    return scalar::value(type, block, head_dim, d, j % kKvBlock);
  }

  KvType type;
  int head_dim;
  std::vector<std::byte> k;
  std::vector<std::byte> v;
  std::vector<const std::byte*> k_blocks;
  std::vector<const std::byte*> v_blocks;
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
    a.window = c.window;
    a.scale = 1 / std::sqrt(static_cast<float>(c.head_dim));
    a.kv_type = c.type;
    a.k_blocks = pages.k_blocks.data();
    a.v_blocks = pages.v_blocks.data();
    a.segments = c.segments();
    return a;
  }

  std::vector<float> random_queries(const Case& c) {
    return random_floats(c.queries() * c.dim(), random_, 2);
  }

  void expect_right(const Case& c) {
    const Pages pages(kernels(), c, random_);
    const std::vector<float> q = random_queries(c);
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
    std::vector<double> weights;
    double largest = -INFINITY;
    const int first = c.window > 0 ? std::max(0, length - c.window) : 0;
    for (int j = first; j < length; ++j) {
      double dot = 0;
      for (int d = 0; d < c.head_dim; ++d) dot += static_cast<double>(q[d]) * pages.key(j, d);
      weights.push_back(dot / std::sqrt(static_cast<double>(c.head_dim)));
      largest = std::max(largest, weights.back());
    }
    double sum = 0;
    for (double& weight : weights) sum += weight = std::exp(weight - largest);
    for (int d = 0; d < c.head_dim; ++d) {
      double expected = 0;
      for (int j = first; j < length; ++j) {
        expected += weights[static_cast<std::size_t>(j - first)] / sum * pages.value(j, d);
      }
      ASSERT_NEAR(out[d], expected, c.head_dim > 128 ? 2e-5 : 1e-5)
          << "length " << length << " of " << c.length << ", window " << c.window << ", group "
          << c.group << ", head_dim " << c.head_dim << ", KV type " << static_cast<int>(c.type)
          << ", d " << d;
    }
  }
};

TEST_P(Attention, EqualsDoubleArithmeticForEveryLengthTo300) {
  for (const KvType type : kKvTypes) {
    for (int length = 1; length <= 300 && !HasFailure(); ++length) {
      expect_right({length, 1, 3, 64, type});
    }
  }
}

TEST_P(Attention, EqualsDoubleArithmeticForEveryShapeOfHead) {
  for (const KvType type : kKvTypes) {
    for (int head_dim = 16; head_dim <= kMaxHeadDim; head_dim += 16) {
      for (const int group : {1, 2, 5, 8}) {
        expect_right({130, 3, group, head_dim, type});
        if (HasFailure()) return;
      }
    }
  }
}

TEST_P(Attention, EqualsDoubleArithmeticForTheHeadsOfModels) {
  for (const int head_dim : {64, 80, 96, 128, 256}) {
    for (const int group : {1, 2, 3, 4, 7, 8}) {
      for (const KvType type : kKvTypes) {
        expect_right({600, 2, group, head_dim, type});
        if (HasFailure()) return;
      }
    }
  }
}

TEST_P(Attention, IsCausalForAWholePrompt) {
  for (const KvType type : kKvTypes) {
    expect_right({64, 64, 3, 64, type});
    expect_right({150, 150, 2, 32, type});
    expect_right({100, 36, 9, 64, type});
    expect_right({300, 200, 3, 16, type});
    expect_right({270, 30, 20, 48, type});  // more queries than one pass over the blocks takes
    expect_right({30, 2, 300, 16, type});   // and more heads
  }
}

TEST_P(Attention, EqualsDoubleArithmeticForEveryWindow) {
  for (const KvType type : kKvTypes) {
    for (const int window : {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 100, 255, 256, 257, 400, 700}) {
      expect_right({600, 1, 3, 64, type, window});
      expect_right({530, 40, 3, 48, type, window});  // rows of a tile begin and end apart
      expect_right({90, 90, 1, 16, type, window});
      expect_right({513, 3, 20, 80, type, window});
      if (HasFailure()) return;
    }
  }
}

TEST_P(Attention, GivesTheSameBitsForAnyTileOfQueries) {
  for (const Case whole :
       {Case{200, 200, 3, 64}, Case{333, 64, 7, 128}, Case{70, 70, 1, 256}, Case{600, 100, 8, 64},
        Case{333, 64, 7, 96, KvType::kQ8_0}, Case{530, 30, 2, 80, KvType::kQ8_0},
        Case{600, 100, 3, 64, KvType::kF16, 37}, Case{600, 100, 3, 64, KvType::kQ8_0, 300}}) {
    const Pages pages(kernels(), whole, random_);
    const std::vector<float> q = random_queries(whole);
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

TEST_P(Attention, GivesTheSameBitsForAnySplitOfSegments) {
  for (const Case c :
       {Case{1100, 1, 8, 64}, Case{1030, 16, 3, 80}, Case{700, 5, 7, 64, KvType::kQ8_0},
        Case{200, 2, 1, 32}, Case{1100, 9, 3, 64, KvType::kF16, 260},
        Case{1030, 16, 3, 64, KvType::kQ8_0, 7}}) {
    const Pages pages(kernels(), c, random_);
    const std::vector<float> q = random_queries(c);
    std::vector<float> expected(q.size());
    kernels().attention(args(c, pages, q, expected));
    for (const int step : {1, 2, 3, 100}) {
      std::vector<float> partials(
          c.queries() * static_cast<std::size_t>(c.segments() * attention_partial(c.head_dim)),
          std::numeric_limits<float>::quiet_NaN());
      std::vector<float> out(q.size());
      AttentionArgs a = args(c, pages, q, out);
      a.partials = partials.data();
      for (a.segment_begin = 0; a.segment_begin < c.segments(); a.segment_begin += step) {
        a.segment_end = std::min(a.segment_begin + step, c.segments());
        kernels().attention(a);
      }
      kernels().combine_segments(a);
      EXPECT_TRUE(same_bits(out, expected)) << "step " << step << ", length " << c.length;
    }
  }
}

TEST_P(Attention, LeavesOtherHeadsAlone) {
  const Case c = {70, 4, 2, 32};
  const Pages pages(kernels(), c, random_);
  const std::vector<float> q = random_floats(4 * 200, random_);
  std::vector<float> out(4 * 300, -7);
  AttentionArgs a = args(c, pages, q, out);
  a.q_stride = 200;
  a.out_stride = 300;
  kernels().attention(a);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i] == -7, i % 300 >= 64) << i;
}

// A value that overflowed to infinity is met by the tokens from its position on, by no other.
TEST_P(Attention, LaterPositionsLeaveNoTrace) {
  const Case c = {40, 8, 3, 64};  // tokens that share tiles
  Pages pages(kernels(), c, random_);
  const std::vector<float> q = random_queries(c);
  std::vector<float> expected(q.size());
  kernels().attention(args(c, pages, q, expected));
  const std::vector<float> huge(64, 1e30f);
  kernels().store_kv(c.type, huge.data(), huge.data(), 64, 39, pages.k.data(), pages.v.data());
  std::vector<float> out(q.size());
  kernels().attention(args(c, pages, q, out));
  const auto before = static_cast<std::ptrdiff_t>((c.tokens - 1) * c.group * c.head_dim);
  EXPECT_TRUE(same_bits({out.begin(), out.begin() + before},
                        {expected.begin(), expected.begin() + before}));
  EXPECT_FALSE(same_bits(out, expected));
}

// A value that overflowed to infinity is forgotten by the tokens whose window has left it behind.
TEST_P(Attention, PositionsBeforeTheWindowLeaveNoTrace) {
  for (const KvType type : kKvTypes) {
    const Case c = {70, 12, 3, 64, type, 8};
    Pages pages(kernels(), c, random_);
    const std::vector<float> q = random_queries(c);
    std::vector<float> expected(q.size());
    kernels().attention(args(c, pages, q, expected));
    const std::vector<float> huge(64, 1e30f);
    kernels().store_kv(c.type, huge.data(), huge.data(), 64, 55, pages.k.data(), pages.v.data());
    std::vector<float> out(q.size());
    kernels().attention(args(c, pages, q, out));
    const auto seen = static_cast<std::ptrdiff_t>((63 - 58) * c.group * c.head_dim);
    EXPECT_TRUE(
        same_bits({out.begin() + seen, out.end()}, {expected.begin() + seen, expected.end()}));
    EXPECT_FALSE(same_bits(out, expected));
  }
}

// A maximum far above the rest must not overflow, one far below must not divide by zero.
TEST_P(Attention, SurvivesLargeScores) {
  const Case c = {330, 1, 1, 64};
  Pages pages(kernels(), c, random_);
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> q(64);
    for (int d = 0; d < 64; ++d) {
      q[static_cast<std::size_t>(d)] = sign * 1000 * static_cast<float>(pages.key(0, d));
    }
    std::vector<float> out(64);
    kernels().attention(args(c, pages, q, out));
    for (int d = 0; d < 64; ++d) {
      const float result = out[static_cast<std::size_t>(d)];
      ASSERT_TRUE(std::isfinite(result));
      if (sign > 0) {
        EXPECT_EQ(result, pages.value(0, d));
      }
    }
  }
}

CROMWELL_FOR_EACH_ISA(Attention);

}  // namespace
}  // namespace cromwell::kernels
