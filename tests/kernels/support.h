// Random inputs for the kernel tests, all from a printed seed.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "kernels/scalar/half.h"
#include "kernels/scalar/scalar.h"

namespace cromwell::kernels {

inline constexpr unsigned kSeed = 20261123;

inline constexpr WeightType kAllTypes[] = {
    WeightType::kF32,  WeightType::kF16,  WeightType::kBF16, WeightType::kQ8_0,   WeightType::kQ4_0,
    WeightType::kQ4_1, WeightType::kQ5_0, WeightType::kQ5_1, WeightType::kIQ4_NL, WeightType::kQ2_K,
    WeightType::kQ3_K, WeightType::kQ4_K, WeightType::kQ5_K, WeightType::kQ6_K};

// Where the float16 fields of a quantised type's block lie.
inline std::vector<std::size_t> half_offsets(WeightType type) {
  switch (type) {
    case WeightType::kF32:
    case WeightType::kBF16:
      return {};
    case WeightType::kF16:
    case WeightType::kQ8_0:
    case WeightType::kQ4_0:
    case WeightType::kQ5_0:
    case WeightType::kIQ4_NL:
      return {0};
    case WeightType::kQ4_1:
    case WeightType::kQ5_1:
    case WeightType::kQ4_K:
    case WeightType::kQ5_K:
      return {0, 2};
    case WeightType::kQ2_K:
      return {80, 82};
    case WeightType::kQ3_K:
      return {108};
    case WeightType::kQ6_K:
      return {208};
  }
  return {};
}

inline std::vector<float> random_floats(std::size_t n, std::mt19937& random, float spread = 1.0f) {
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

// A buffer whose end is the end of its allocation, so that the address sanitizer sees any read past
// the last row.
struct RandomWeights {
  std::vector<std::byte> bytes;
  WeightMatrix matrix;

  std::vector<float> row(int r) const {
    std::vector<float> floats(static_cast<std::size_t>(matrix.cols));
    scalar::dequantize_row(matrix, r, floats.data());
    return floats;
  }
};

inline RandomWeights random_weights(WeightType type, int rows, int cols, std::mt19937& random) {
  const WeightTypeTraits& traits = *weight_type_traits(type);
  const std::size_t row_bytes =
      static_cast<std::size_t>(cols) / traits.block_size * traits.block_bytes;
  RandomWeights weights;
  weights.bytes.resize(row_bytes * static_cast<std::size_t>(rows));
  weights.matrix = {weights.bytes.data(), type, rows, cols, row_bytes};
  std::uniform_int_distribution<int> byte(0, 255);
  for (std::byte& b : weights.bytes) b = static_cast<std::byte>(byte(random));
  std::normal_distribution<float> normal(0, 0.05f);
  for (std::size_t block = 0; block < weights.bytes.size(); block += traits.block_bytes) {
    for (const std::size_t offset : half_offsets(type)) {
      const half value = scalar::float_to_half(normal(random));
      std::memcpy(&weights.bytes[block + offset], &value, sizeof value);
    }
  }
  if (type == WeightType::kF32 || type == WeightType::kBF16) {
    const std::size_t skip = sizeof(float) - traits.block_bytes;  // BF16 is the high half
    for (std::size_t i = 0; i < weights.bytes.size(); i += traits.block_bytes) {
      const float value = normal(random);
      std::memcpy(&weights.bytes[i], reinterpret_cast<const std::byte*>(&value) + skip,
                  traits.block_bytes);
    }
  }
  return weights;
}

// Activations in both forms. Outliers are the blocks above the mean, so about half of them.
inline constexpr float kSomeOutliers = 1.0f;

struct TestActivations {
  std::vector<float> floats;  // [tokens, cols]
  std::vector<ActivationBlock> blocks;
  std::vector<ActivationBlock> outliers;
  std::vector<ActivationGroup> groups;
  std::vector<std::uint64_t> marks;
  std::vector<float> ranges;
  Activations view;

  // What the int8 form stands for, [tokens, cols].
  std::vector<double> values() const {
    const ActivationPanel& panel = view.q8;
    std::vector<double> out(floats.size());
    const auto add = [&](const ActivationBlock& entry, int token, int block) {
      double* to = out.data() + static_cast<std::ptrdiff_t>(token) * panel.cols + 32 * block;
      for (int i = 0; i < 32; ++i) to[i] += static_cast<double>(entry.scale) * entry.q[i];
    };
    for (int chunk = 0; chunk < panel.chunks(); ++chunk) {
      for (int b = 0; b < panel.row_blocks(); ++b) {
        const ActivationBlock* first = panel.blocks + panel.begin(chunk, b);
        const ActivationBlock* second = panel.outliers + panel.begin(chunk, b);
        for (int t = 0; t < panel.chunk_tokens(chunk); ++t) {
          add(first[t], chunk * kPanelTokens + t, b);
          if (panel.mark(chunk, b) >> t & 1) add(second[t], chunk * kPanelTokens + t, b);
        }
      }
    }
    return out;
  }
};

inline std::unique_ptr<TestActivations> make_activations(std::vector<float> floats, int tokens,
                                                         int cols,
                                                         const Kernels& kernels = scalar::kTable,
                                                         float outlier_above = kSomeOutliers) {
  auto x = std::make_unique<TestActivations>();
  x->floats = std::move(floats);
  x->view.f32 = x->floats.data();
  if (cols % 32 != 0) return x;
  x->blocks.resize(x->floats.size() / 32);
  x->outliers.resize(x->blocks.size());
  x->marks.resize(x->blocks.size());
  x->groups.resize(x->blocks.size());
  x->ranges.resize(x->blocks.size());
  x->view.q8 = {.blocks = x->blocks.data(),
                .outliers = x->outliers.data(),
                .groups = x->groups.data(),
                .marks = x->marks.data(),
                .ranges = x->ranges.data(),
                .tokens = tokens,
                .cols = cols};
  clear_marks(x->view.q8);
  kernels.quantize_activations(x->floats.data(), 0, tokens, outlier_above, x->view.q8);
  return x;
}

// Tokens [begin, begin + n) of a larger set.
inline std::unique_ptr<TestActivations> some_tokens(const TestActivations& x, int cols, int begin,
                                                    int n) {
  const auto at = [&](int token) {
    return x.floats.begin() + static_cast<std::ptrdiff_t>(token) * cols;
  };
  return make_activations({at(begin), at(begin + n)}, n, cols);
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// A test that runs once for each table that this CPU has.
class EachIsa : public testing::TestWithParam<const Kernels*> {
 protected:
  void SetUp() override { RecordProperty("seed", static_cast<int>(kSeed)); }
  const Kernels& kernels() const { return *GetParam(); }
  std::mt19937 random_{kSeed};
};

inline std::string isa_name(const testing::TestParamInfo<const Kernels*>& info) {
  return info.param->name;
}

}  // namespace cromwell::kernels

#define CROMWELL_FOR_EACH_ISA(Suite) \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::ValuesIn(available_kernels()), isa_name)
