#include "model/storage_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace cromwell::model {
namespace {

using kernels::WeightType;
using Shape = std::vector<std::uint64_t>;

WeightType stored(const char* tensor, const Shape& shape, WeightType wanted) {
  return storage_type(tensor, shape, wanted);
}

TEST(StorageRule, KeepsVectorsAsFloats) {
  EXPECT_EQ(stored("output_norm.weight", {2048}, WeightType::kQ4_0), WeightType::kF32);
  EXPECT_EQ(stored("blk.0.attn_q.bias", {2048}, WeightType::kF16), WeightType::kF32);
}

TEST(StorageRule, GivesMatricesTheTypeThatIsWanted) {
  for (const WeightType type : {WeightType::kF32, WeightType::kBF16, WeightType::kQ4_0,
                                WeightType::kQ2_K, WeightType::kQ6_K}) {
    EXPECT_EQ(stored("blk.0.ffn_up.weight", {2048, 5632}, type), type);
    EXPECT_EQ(stored("blk.0.ffn_up_exps.weight", {2048, 64, 8}, type), type);
  }
}

TEST(StorageRule, KeepsHeadAndEmbeddingAtSixBitsWhereTheTypeHasFewer) {
  for (const char* tensor : {"output.weight", "token_embd.weight"}) {
    for (const WeightType type : {WeightType::kQ4_0, WeightType::kQ5_1, WeightType::kQ5_K,
                                  WeightType::kIQ4_NL, WeightType::kQ2_K}) {
      EXPECT_EQ(stored(tensor, {2048, 50000}, type), WeightType::kQ6_K);
    }
    for (const WeightType type : {WeightType::kQ6_K, WeightType::kQ8_0, WeightType::kF16}) {
      EXPECT_EQ(stored(tensor, {2048, 50000}, type), type);
    }
    EXPECT_EQ(stored(tensor, {576, 49152}, WeightType::kQ4_0), WeightType::kQ8_0);
  }
}

TEST(StorageRule, FallsBackWhereARowDoesNotDivideIntoBlocks) {
  const Shape narrow = {576, 576};  // 18 blocks of 32, no number of blocks of 256
  EXPECT_EQ(stored("w", narrow, WeightType::kQ2_K), WeightType::kIQ4_NL);
  EXPECT_EQ(stored("w", narrow, WeightType::kQ3_K), WeightType::kIQ4_NL);
  EXPECT_EQ(stored("w", narrow, WeightType::kQ4_K), WeightType::kQ5_0);
  EXPECT_EQ(stored("w", narrow, WeightType::kQ5_K), WeightType::kQ5_1);
  EXPECT_EQ(stored("w", narrow, WeightType::kQ6_K), WeightType::kQ8_0);
  EXPECT_EQ(stored("w", narrow, WeightType::kQ4_0), WeightType::kQ4_0);
  for (const WeightType type : {WeightType::kQ8_0, WeightType::kQ4_0, WeightType::kQ4_K}) {
    EXPECT_EQ(stored("w", {100, 8}, type), WeightType::kF16);
  }
  EXPECT_EQ(stored("w", {100, 8}, WeightType::kBF16), WeightType::kBF16);
}

TEST(ParseWeightType, ReadsEitherCaseAndListsWhatThereIs) {
  EXPECT_EQ(parse_weight_type("Q4_K").value(), WeightType::kQ4_K);
  EXPECT_EQ(parse_weight_type("iq4_nl").value(), WeightType::kIQ4_NL);
  for (const char* wrong : {"", "Q4", "Q4_K_M", "Q4_00"}) {
    const auto parsed = parse_weight_type(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_THAT(parsed.error().message, testing::HasSubstr("expected one of F32, F16, BF16"));
  }
}

TEST(FileTypeNumber, IsThatOfLlamaCpp) {
  EXPECT_EQ(file_type_number(WeightType::kQ8_0), 7U);
  EXPECT_EQ(file_type_number(WeightType::kQ6_K), 18U);
  EXPECT_EQ(file_type_number(WeightType::kBF16), 32U);
}

}  // namespace
}  // namespace cromwell::model
