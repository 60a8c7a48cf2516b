// Keys and values written into their blocks (kernels/kv_block.h).
#include "kernels/scalar/kv_block.h"
#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

constexpr KvType kKvTypes[] = {KvType::kF16, KvType::kQ8_0};

class StoreKv : public EachIsa {};

TEST_P(StoreKv, WritesTheBytesThatScalarWrites) {
  for (const KvType type : kKvTypes) {
    for (int head_dim = 16; head_dim <= kMaxHeadDim; head_dim += 16) {
      const auto dim = static_cast<std::size_t>(head_dim);
      std::vector<std::byte> expected(2 * kv_block_bytes(type, head_dim));
      std::vector<std::byte> blocks = expected;
      const std::size_t half_way = expected.size() / 2;
      for (const int slot : {0, 13, 63}) {
        for (const float spread : {1.0f, 0.0f, 1e-5f, 3e-6f, 1e-7f, 1e-38f, 1e6f, 1e30f}) {
          const std::vector<float> x = random_floats(2 * dim, random_, spread);
          const auto store = [&](const Kernels& table, std::vector<std::byte>& to) {
            table.store_kv(type, x.data(), x.data() + dim, head_dim, slot, to.data(),
                           to.data() + half_way);
          };
          store(scalar::kTable, expected);
          store(kernels(), blocks);
          ASSERT_EQ(blocks, expected) << "head_dim " << head_dim << ", spread " << spread;
        }
      }
    }
  }
}

TEST_P(StoreKv, RoundsHalvesToNearestEven) {
  std::vector<float> x = random_floats(56, random_, 100);
  for (const float special : {0.0f, -0.0f, 1e-8f, 6e-8f, 65503.9f, 65519.9f, 65520.0f, 1e30f}) {
    x.push_back(special);
  }
  std::vector<std::byte> k(kv_block_bytes(KvType::kF16, 64));
  std::vector<std::byte> v = k;
  kernels().store_kv(KvType::kF16, x.data(), x.data(), 64, 5, k.data(), v.data());
  for (int d = 0; d < 64; ++d) {
    const float value = x[static_cast<std::size_t>(d)];
    const float nearest = scalar::half_to_float(scalar::float_to_half(value));
    EXPECT_EQ(scalar::key(KvType::kF16, k.data(), 64, d, 5), nearest) << value;
    EXPECT_EQ(scalar::value(KvType::kF16, v.data(), 64, d, 5), nearest) << value;
  }
}

TEST_P(StoreKv, KeepsInt8WithinHalfAStep) {
  constexpr int kDim = 80;  // the last block of a scale is half empty
  const std::vector<float> x = random_floats(2 * kDim, random_, 3);
  std::vector<std::byte> k(kv_block_bytes(KvType::kQ8_0, kDim));
  std::vector<std::byte> v = k;
  kernels().store_kv(KvType::kQ8_0, x.data(), x.data() + kDim, kDim, 63, k.data(), v.data());
  for (int i = 0; i < 2 * kDim; ++i) {
    const int d = i % kDim;
    const float stored = i < kDim ? scalar::key(KvType::kQ8_0, k.data(), kDim, d, 63)
                                  : scalar::value(KvType::kQ8_0, v.data(), kDim, d, 63);
    float largest = 0;
    for (int j = i - d % 32; j < i - d + std::min(d / 32 * 32 + 32, kDim); ++j) {
      largest = std::max(largest, std::abs(x[static_cast<std::size_t>(j)]));
    }
    // Half a step, and what rounding the scale to a half moves 127 steps.
    EXPECT_NEAR(stored, x[static_cast<std::size_t>(i)], largest / 127 * (0.5f + 127.0f / 2048))
        << i;
  }
}

TEST(KvTypes, AreFoundByTheirNames) {
  for (const KvType type : kKvTypes) EXPECT_EQ(*find_kv_type(kv_type_name(type)), type);
  EXPECT_EQ(find_kv_type("F16").error().message, "KV type \"F16\": expected f16 or q8_0");
}

CROMWELL_FOR_EACH_ISA(StoreKv);

}  // namespace
}  // namespace cromwell::kernels
