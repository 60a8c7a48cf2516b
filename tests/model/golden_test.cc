// The real model against an independent float32 computation (tests/golden/model_reference.py), for
// each instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "model/transformer.h"
#include "tests/model/test_model.h"

namespace cromwell::model {
namespace {

// How far a way of computing may be from float32.
struct Tolerance {
  double text;    // of a text's mean negative log-likelihood
  double all;     // of the mean over all texts
  double margin;  // greedy choices must agree where the reference leads by so much
};

// Nothing but rounding.
constexpr Tolerance kAsFloat32{.text = 0.001, .all = 0.0005, .margin = 0.05};
// The promise for every type of weights: 0.5 % of the mean log-likelihood. A short text is a small
// sample of it, and so are the four that the scalar kernels read.
constexpr Tolerance kPromise{.text = 0.01, .all = 0.004, .margin = 0.3};

struct Reference {
  std::string name;
  std::vector<TokenId> ids;
  double mean_nll = 0;
  std::vector<double> logprobs;
  std::vector<TokenId> greedy;
  std::vector<double> margins;
};

std::vector<Reference> read_references() {
  std::ifstream in(CROMWELL_SOURCE_DIR "/tests/golden/smollm2.json");
  std::vector<Reference> all;
  const auto golden = nlohmann::json::parse(in);
  for (const auto& text : golden["texts"]) {
    all.push_back({text["name"], text["ids"], text["mean_nll"], text["logprobs"], text["greedy"],
                   text["margins"]});
  }
  return all;
}

// Logits after each of the ids, [ids, vocab].
std::vector<float> all_logits(Transformer& model, const std::vector<TokenId>& ids) {
  std::vector<PageId> pages(ids.size() / kPageTokens + 1);
  for (std::size_t i = 0; i < pages.size(); ++i) pages[i] = static_cast<PageId>(i);
  const std::span<const PageId> table(pages);
  const auto vocab = static_cast<std::size_t>(model.vocab_size());
  std::vector<float> logits(ids.size() * vocab);
  for (std::size_t begin = 0; begin < ids.size(); begin += kPageTokens) {
    std::vector<BatchToken> tokens;
    for (std::size_t i = begin; i < std::min(begin + kPageTokens, ids.size()); ++i) {
      tokens.push_back({.position = static_cast<int>(i), .token = ids[i], .wants_logits = true});
    }
    EXPECT_TRUE(model.forward({.tokens = tokens, .page_tables = {&table, 1}},
                              logits.data() + begin * vocab));
  }
  return logits;
}

double logprob(std::span<const float> logits, TokenId id) {
  const double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - most);
  return logits[static_cast<std::size_t>(id)] - most - std::log(sum);
}

// The model at `path`, computed as the options say, against every text, or every `step`-th.
void expect_agreement(const std::string& path, const TransformerOptions& options,
                      const Tolerance& tolerance, std::size_t step = 1) {
  const auto file = GgufFile::open(path);
  ASSERT_TRUE(file) << file.error().message;
  const auto model = Transformer::create(*file, options);
  ASSERT_TRUE(model) << model.error().message;
  const auto vocab = static_cast<std::size_t>((*model)->vocab_size());

  const std::vector<Reference> references = read_references();
  ASSERT_GE(references.size(), 12U);
  double total = 0;
  double expected_total = 0;
  double squares = 0;  // of what log-probabilities are off by
  std::size_t scored = 0;
  int unsure = 0;
  for (std::size_t place = 0; place < references.size(); place += step) {
    const Reference& reference = references[place];
    std::vector<TokenId> ids = reference.ids;
    ids.insert(ids.end(), reference.greedy.begin(), reference.greedy.end() - 1);
    const std::vector<float> logits = all_logits(**model, ids);
    const auto row = [&](std::size_t i) { return std::span(logits).subspan(i * vocab, vocab); };

    double nll = 0;
    for (std::size_t i = 1; i < reference.ids.size(); ++i) {
      const double own = logprob(row(i - 1), reference.ids[i]);
      nll -= own;
      squares += std::pow(own - reference.logprobs[i - 1], 2);
    }
    scored += reference.ids.size() - 1;
    nll /= static_cast<double>(reference.ids.size() - 1);
    std::printf("%-18s mean NLL %.5f, expected %.5f (%+.3f %%)\n", reference.name.c_str(), nll,
                reference.mean_nll, 100 * (nll / reference.mean_nll - 1));
    EXPECT_NEAR(nll, reference.mean_nll, tolerance.text * reference.mean_nll) << reference.name;
    total += nll;
    expected_total += reference.mean_nll;

    for (std::size_t i = 0; i < reference.greedy.size(); ++i) {
      const auto choices = row(reference.ids.size() - 1 + i);
      const auto best = std::max_element(choices.begin(), choices.end()) - choices.begin();
      if (best == reference.greedy[i]) continue;
      EXPECT_LT(reference.margins[i], tolerance.margin) << reference.name << ", greedy token " << i;
      ++unsure;
    }
  }
  std::printf(
      "all texts: %+.4f %%, log-probabilities off by %.4f (rms), %d greedy choices differ\n",
      100 * (total / expected_total - 1), std::sqrt(squares / static_cast<double>(scored)), unsure);
  EXPECT_NEAR(total, expected_total, tolerance.all * expected_total);
}

class Golden : public testing::TestWithParam<const kernels::Kernels*> {};

TEST_P(Golden, KeepsThePromisedLikelihoodByDefault) {
  const auto path = test_model_path();
  if (!path) GTEST_SKIP() << no_test_model();
  constexpr std::size_t kFewTexts = 4;  // the scalar table takes ten times as long as the others
  const std::size_t step = GetParam() == kernels::available_kernels().back() ? kFewTexts : 1;
  expect_agreement(*path, {.threads = 2, .kernels = GetParam()}, kPromise, step);
}

TEST(GoldenInt8Pair, IsAsGoodAsFloat32) {
  const auto path = test_model_path();
  if (!path) GTEST_SKIP() << no_test_model();
  expect_agreement(*path, {.threads = 2, .precision = ActivationPrecision::kInt8Pair}, kAsFloat32);
}

TEST(GoldenInt8Cache, KeepsThePromisedLikelihood) {
  const auto path = test_model_path();
  if (!path) GTEST_SKIP() << no_test_model();
  expect_agreement(*path,
                   {.threads = 2,
                    .precision = ActivationPrecision::kInt8Pair,
                    .kv_type = kernels::KvType::kQ8_0},
                   kPromise);
}

INSTANTIATE_TEST_SUITE_P(All, Golden,
                         testing::ValuesIn(kernels::available_kernels().begin(),
                                           kernels::available_kernels().end()),
                         [](const auto& param) { return std::string(param.param->name); });

}  // namespace
}  // namespace cromwell::model
