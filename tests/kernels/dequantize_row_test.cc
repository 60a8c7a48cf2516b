// dequantize_row against PyPI's `gguf`: tests/golden/make_dequantized_blocks.py wrote the file.
#include <fstream>
#include <iterator>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

class DequantizeRow : public EachIsa {};

TEST_P(DequantizeRow, EqualsGgufBitForBit) {
  std::ifstream file(CROMWELL_TEST_DATA "/dequantized_blocks.bin", std::ios::binary);
  int types = 0;
  for (std::uint32_t head[3]; file.read(reinterpret_cast<char*>(head), sizeof head); ++types) {
    const auto type = static_cast<WeightType>(head[0]);
    ASSERT_NE(weight_type_traits(type), nullptr) << head[0];
    std::vector<std::byte> bytes(head[2]);
    std::vector<float> expected(head[1]);
    std::vector<float> actual(head[1]);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.read(reinterpret_cast<char*>(expected.data()),
              static_cast<std::streamsize>(expected.size() * sizeof(float)));
    ASSERT_TRUE(file.good());
    const WeightMatrix row = {bytes.data(), type, 1, static_cast<int>(head[1]), bytes.size()};
    kernels().dequantize_row(row, 0, actual.data());
    EXPECT_TRUE(same_bits(actual, expected)) << weight_type_traits(type)->name;
  }
  EXPECT_EQ(types, 13);
}

TEST_P(DequantizeRow, ReadsTheRowItIsAskedFor) {
  for (const WeightType type : kAllTypes) {
    const RandomWeights w = random_weights(type, 3, 256, random_);
    WeightMatrix last = w.matrix;
    last.data += 2 * last.row_bytes;
    std::vector<float> direct(256);
    std::vector<float> offset(256);
    kernels().dequantize_row(w.matrix, 2, direct.data());
    kernels().dequantize_row(last, 0, offset.data());
    EXPECT_TRUE(same_bits(direct, offset)) << weight_type_traits(type)->name;
  }
}

TEST(WeightTypeTraits, AreThoseOfGguf) {
  const auto expect = [](WeightType type, const char* name, std::size_t size, std::size_t bytes) {
    const WeightTypeTraits* traits = weight_type_traits(type);
    ASSERT_NE(traits, nullptr) << name;
    EXPECT_STREQ(traits->name, name);
    EXPECT_EQ(traits->block_size, size) << name;
    EXPECT_EQ(traits->block_bytes, bytes) << name;
  };
  expect(WeightType::kF32, "F32", 1, 4);
  expect(WeightType::kF16, "F16", 1, 2);
  expect(WeightType::kBF16, "BF16", 1, 2);
  expect(WeightType::kQ8_0, "Q8_0", 32, 34);
  expect(WeightType::kQ4_0, "Q4_0", 32, 18);
  expect(WeightType::kQ4_1, "Q4_1", 32, 20);
  expect(WeightType::kQ5_0, "Q5_0", 32, 22);
  expect(WeightType::kQ5_1, "Q5_1", 32, 24);
  expect(WeightType::kIQ4_NL, "IQ4_NL", 32, 18);
  expect(WeightType::kQ2_K, "Q2_K", 256, 84);
  expect(WeightType::kQ3_K, "Q3_K", 256, 110);
  expect(WeightType::kQ4_K, "Q4_K", 256, 144);
  expect(WeightType::kQ5_K, "Q5_K", 256, 176);
  expect(WeightType::kQ6_K, "Q6_K", 256, 210);
}

TEST(WeightTypeTraits, AreNullForAnUnsupportedType) {
  EXPECT_EQ(weight_type_traits(static_cast<WeightType>(16)), nullptr);  // IQ2_XXS
  EXPECT_EQ(weight_type_traits(static_cast<WeightType>(0xffffffff)), nullptr);
}

CROMWELL_FOR_EACH_ISA(DequantizeRow);

}  // namespace
}  // namespace cromwell::kernels
