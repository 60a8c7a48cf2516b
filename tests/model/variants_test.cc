// Every architecture and variant of it that we compute, as small random models, against Hugging
// Face transformers (tests/golden/model_variants.py), for each instruction set.
#include <gtest/gtest.h>

#include <algorithm>

#include "model/transformer.h"
#include "tests/fakes/tiny_gguf.h"
#include "tests/model/variant_model.h"

namespace cromwell::model {
namespace {

constexpr float kTolerance = 5e-4F;  // of logits that reach 10

class Variants : public testing::TestWithParam<const kernels::Kernels*> {};

// The logits after variant.rows, computed `chunk` tokens a pass.
std::vector<std::vector<float>> compute(Transformer& model, const Variant& variant,
                                        std::size_t chunk) {
  std::vector<PageId> pages(variant.ids.size() / kPageTokens + 1);
  for (std::size_t i = 0; i < pages.size(); ++i) pages[i] = static_cast<PageId>(i);
  const std::span<const PageId> table(pages);
  const auto vocab = static_cast<std::size_t>(model.vocab_size());
  std::vector<std::vector<float>> rows;
  for (std::size_t begin = 0; begin < variant.ids.size(); begin += chunk) {
    std::vector<BatchToken> tokens;
    for (std::size_t i = begin; i < std::min(begin + chunk, variant.ids.size()); ++i) {
      const auto position = static_cast<int>(i);
      const bool wanted =
          std::find(variant.rows.begin(), variant.rows.end(), position) != variant.rows.end();
      tokens.push_back({.position = position, .token = variant.ids[i], .wants_logits = wanted});
    }
    std::vector<float> logits(tokens.size() * vocab);
    const auto done = model.forward({.tokens = tokens, .page_tables = {&table, 1}}, logits.data());
    EXPECT_TRUE(done) << done.error().message;
    const auto wanted = static_cast<std::size_t>(
        std::count_if(tokens.begin(), tokens.end(), [](const auto& t) { return t.wants_logits; }));
    for (std::size_t i = 0; i < wanted; ++i) {
      const auto from = logits.begin() + static_cast<std::ptrdiff_t>(i * vocab);
      rows.emplace_back(from, from + static_cast<std::ptrdiff_t>(vocab));
    }
  }
  return rows;
}

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::fabs(a[i] - b[i]));
  return most;
}

TEST_P(Variants, HaveTheLogitsOfAnIndependentImplementation) {
  const std::vector<Variant> variants = read_variants();
  ASSERT_GE(variants.size(), 12U);
  for (const Variant& variant : variants) {
    const fakes::TempFile temp("variant.gguf");
    ASSERT_TRUE(variant_writer(variant).write(temp.path()));
    const auto file = GgufFile::open(temp.path());
    ASSERT_TRUE(file) << file.error().message;
    const auto model = Transformer::create(
        *file, {.threads = 3, .kv_memory_bytes = 64 << 20, .kernels = GetParam()});
    ASSERT_TRUE(model) << variant.name << ": " << model.error().message;
    const auto rows = compute(**model, variant, 64);
    ASSERT_EQ(rows.size(), variant.logits.size());
    float most = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      most = std::max(most, largest_difference(rows[i], variant.logits[i]));
    }
    std::printf("%-36s differs by %.5f at most\n", variant.name.c_str(), most);
    EXPECT_LT(most, kTolerance) << variant.name;
    EXPECT_EQ(compute(**model, variant, 1), rows) << variant.name << ", one token a pass";
  }
}

INSTANTIATE_TEST_SUITE_P(All, Variants,
                         testing::ValuesIn(kernels::available_kernels().begin(),
                                           kernels::available_kernels().end()),
                         [](const auto& param) { return std::string(param.param->name); });

}  // namespace
}  // namespace cromwell::model
