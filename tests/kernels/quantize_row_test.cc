// quantize_row: what a round trip through dequantize_row loses, next to what others lose.
#include "kernels/quantize_row.h"

#include <limits>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

std::vector<float> round_trip(WeightType type, const std::vector<float>& x) {
  const WeightTypeTraits& traits = *weight_type_traits(type);
  // Filled first: a byte that the quantiser leaves as it was would show.
  std::vector<std::byte> bytes(x.size() / traits.block_size * traits.block_bytes, std::byte{0xa5});
  const int cols = static_cast<int>(x.size());
  quantize_row(type, x.data(), cols, bytes.data());
  std::vector<float> stored(x.size());
  scalar::dequantize_row({bytes.data(), type, 1, cols, bytes.size()}, 0, stored.data());
  return stored;
}

double relative_rms(const std::vector<float>& x, const std::vector<float>& stored) {
  double error = 0;
  double weight = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    error += (double{stored[i]} - x[i]) * (double{stored[i]} - x[i]);
    weight += double{x[i]} * x[i];
  }
  return std::sqrt(error / weight);
}

// Relative RMS errors over 2^20 weights: normally distributed, and with heavy tails (Student's t
// with 5 degrees of freedom).
struct Losses {
  WeightType type;
  double normal;
  double student;
  // Of PyPI's gguf 0.17.1 (Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, F16, BF16) and of llama.cpp's quantiser
  // without an importance matrix (the others).
  double others_normal;
  double others_student;
};

constexpr Losses kLosses[] = {{WeightType::kQ8_0, 0.005005, 0.006450, 0.005354, 0.006786},
                              {WeightType::kQ4_0, 0.080977, 0.103221, 0.085998, 0.108082},
                              {WeightType::kQ4_1, 0.069370, 0.080212, 0.078264, 0.090031},
                              {WeightType::kQ5_0, 0.040024, 0.051620, 0.042701, 0.053970},
                              {WeightType::kQ5_1, 0.033738, 0.039017, 0.037848, 0.043556},
                              {WeightType::kIQ4_NL, 0.073299, 0.085586, 0.076182, 0.088856},
                              {WeightType::kQ2_K, 0.260333, 0.283508, 0.296699, 0.332881},
                              {WeightType::kQ3_K, 0.143644, 0.168243, 0.150980, 0.176637},
                              {WeightType::kQ4_K, 0.070001, 0.081189, 0.071372, 0.083074},
                              {WeightType::kQ5_K, 0.034719, 0.040335, 0.036133, 0.042080},
                              {WeightType::kQ6_K, 0.016918, 0.020630, 0.017777, 0.021548},
                              {WeightType::kF16, 0.000207, 0.000208, 0.000209, 0.000210},
                              {WeightType::kBF16, 0.001657, 0.001658, 0.001665, 0.001670}};

// That scales are searched for shows only in the size of the error.
TEST(QuantizeRow, LosesNoMoreThanWhenItWasMeasuredNorThanOthers) {
  constexpr std::size_t kWeights = 1 << 16;
  constexpr double kChance = 1.015;         // of a sample this small
  constexpr double kChanceOfTails = 1.025;  // whose few largest weights make up much of the sum
  std::mt19937 random(kSeed);
  std::vector<float> normal = random_floats(kWeights, random, 0.02F);
  std::student_t_distribution<float> student_t(5);
  std::vector<float> student(kWeights);
  for (float& x : student) x = student_t(random);
  for (const Losses& losses : kLosses) {
    const char* name = weight_type_traits(losses.type)->name;
    const double of_normal = relative_rms(normal, round_trip(losses.type, normal));
    const double of_student = relative_rms(student, round_trip(losses.type, student));
    EXPECT_LT(of_normal, kChance * losses.normal) << name;
    EXPECT_LT(of_student, kChanceOfTails * losses.student) << name;
    EXPECT_LT(of_normal, losses.others_normal) << name;
    EXPECT_LT(of_student, losses.others_student) << name;
  }
}

TEST(QuantizeRow, KeepsFloatsAsTheyAre) {
  std::mt19937 random(kSeed);
  const std::vector<float> x = random_floats(256, random);
  EXPECT_TRUE(same_bits(round_trip(WeightType::kF32, x), x));
}

TEST(QuantizeRow, KeepsZerosZero) {
  const std::vector<float> zeros(512, 0.0F);
  for (const WeightType type : kAllTypes) {
    for (const float x : round_trip(type, zeros)) {
      ASSERT_EQ(x, 0.0F) << weight_type_traits(type)->name;
    }
  }
}

TEST(QuantizeRow, KeepsTheScaleOfOneOutlierAmongZeros) {
  for (const WeightType type : kAllTypes) {
    // IQ4_NL has no zero: the next best is 1 / 127 of the outlier for each of the 31 others.
    const double most = type == WeightType::kIQ4_NL ? 0.045 : 0.02;
    for (const float outlier : {1.0F, -1.0F, 60000.0F, -60000.0F}) {
      for (const std::size_t at : {0U, 17U, 255U, 511U}) {
        std::vector<float> x(512, 0.0F);
        x[at] = outlier;
        EXPECT_LT(relative_rms(x, round_trip(type, x)), most)
            << weight_type_traits(type)->name << ' ' << outlier << " at " << at;
      }
    }
  }
}

TEST(QuantizeRow, KeepsOneValueThatAllWeightsHave) {
  for (const WeightType type : kAllTypes) {
    for (const float value : {0.7F, -0.7F, 65504.0F, -65504.0F}) {
      const std::vector<float> x(256, value);
      EXPECT_LT(relative_rms(x, round_trip(type, x)), 0.01)
          << weight_type_traits(type)->name << ' ' << value;
    }
  }
}

TEST(QuantizeRow, KeepsWeightsFarFromZeroInTypesWithAMinimum) {
  std::mt19937 random(kSeed);
  for (const float centre : {-3.0F, 3.0F}) {
    std::vector<float> x = random_floats(1024, random, 0.1F);
    for (float& weight : x) weight += centre;
    for (const WeightType type : {WeightType::kQ4_1, WeightType::kQ5_1}) {
      EXPECT_LT(relative_rms(x, round_trip(type, x)), 0.01) << weight_type_traits(type)->name;
    }
    for (const WeightType type : {WeightType::kQ4_K, WeightType::kQ5_K}) {
      EXPECT_LT(relative_rms(x, round_trip(type, x)), 0.04)
          << weight_type_traits(type)->name << ' ' << centre;
    }
  }
}

TEST(QuantizeRow, MakesTinyWeightsFiniteAndNoLarger) {
  for (const WeightType type : kAllTypes) {
    for (const float size :
         {std::numeric_limits<float>::denorm_min(), 1e-41F, 1e-30F, 1e-12F, 1e-9F, 6e-8F, 1e-7F}) {
      std::vector<float> x(256);
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 3 == 0 ? -size : size;
      for (const float stored : round_trip(type, x)) {
        // A half's smallest step is 6e-8: less than that cannot be told from 0.
        ASSERT_LE(std::fabs(stored), 2 * size + 1e-6F)
            << weight_type_traits(type)->name << ' ' << size;
      }
    }
  }
}

TEST(QuantizeRow, StaysFiniteUpToTheLargestWeight) {
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<float> any(-kLargestWeight, kLargestWeight);
  std::vector<float> x(2048);
  for (float& weight : x) weight = any(random);
  x[0] = kLargestWeight;
  x[300] = -kLargestWeight;
  for (const WeightType type : kAllTypes) {
    EXPECT_LT(relative_rms(x, round_trip(type, x)), 0.3) << weight_type_traits(type)->name;
  }
}

TEST(QuantizeRow, WritesEachBlockFromItsOwnWeights) {
  std::mt19937 random(kSeed);
  const std::vector<float> x = random_floats(768, random);
  for (const WeightType type : kAllTypes) {
    const std::vector<float> whole = round_trip(type, x);
    for (std::size_t begin = 0; begin < x.size(); begin += 256) {
      const auto first = static_cast<std::ptrdiff_t>(begin);
      const std::vector<float> part(x.begin() + first, x.begin() + first + 256);
      const std::vector<float> expected(whole.begin() + first, whole.begin() + first + 256);
      EXPECT_TRUE(same_bits(round_trip(type, part), expected)) << weight_type_traits(type)->name;
    }
  }
}

TEST(FloatToBf16, RoundsToNearestEvenAndKeepsNan) {
  const auto there_and_back = [](float x) {
    return scalar::bf16_to_float(scalar::float_to_bf16(x));
  };
  EXPECT_EQ(there_and_back(1.0F), 1.0F);
  EXPECT_EQ(there_and_back(1.0F + 0x1p-8F), 1.0F);                       // tie: to even
  EXPECT_EQ(there_and_back(1.0F + 0x1p-7F + 0x1p-8F), 1.0F + 0x1p-6F);   // tie: to even
  EXPECT_EQ(there_and_back(1.0F + 0x1p-8F + 0x1p-20F), 1.0F + 0x1p-7F);  // above the tie
  EXPECT_EQ(there_and_back(-2.5F), -2.5F);
  EXPECT_TRUE(std::isinf(there_and_back(std::numeric_limits<float>::max())));
  EXPECT_TRUE(std::isnan(there_and_back(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(there_and_back(std::bit_cast<float>(0x7f800001U))));
}

}  // namespace
}  // namespace cromwell::kernels
