// The sampler against distributions that tests/golden/sampling_golden.py computed from the papers'
// formulas.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/random.h"
#include "engine/sampler.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/logit_row.h"

namespace cromwell::engine {
namespace {

using Json = nlohmann::json;

constexpr TokenId kBreaker = 7;  // as the script has it

SamplingOptions options_of(const Json& json, const std::string& breaker) {
  SamplingOptions options;
  const auto read = [&](const char* name, auto& value) {
    if (json.contains(name)) json.at(name).get_to(value);
  };
  read("temperature", options.temperature);
  read("top_k", options.top_k);
  read("top_p", options.top_p);
  read("min_p", options.min_p);
  read("typical_p", options.typical_p);
  read("top_n_sigma", options.top_n_sigma);
  read("repetition_penalty", options.repetition_penalty);
  read("frequency_penalty", options.frequency_penalty);
  read("presence_penalty", options.presence_penalty);
  read("dry_multiplier", options.dry.multiplier);
  read("dry_base", options.dry.base);
  read("dry_allowed_length", options.dry.allowed_length);
  read("dry_range", options.dry.range);
  read("mirostat", options.mirostat.version);
  read("mirostat_tau", options.mirostat.tau);
  read("mirostat_eta", options.mirostat.eta);
  options.dry.sequence_breakers = {breaker};
  for (const Json& bias : json.value("logit_bias", Json::array())) {
    options.logit_bias.push_back({bias[0].get<TokenId>(), bias[1].get<float>()});
  }
  return options;
}

Tokens joined(const Json& prompt, const Json& answer) {
  auto text = prompt.get<Tokens>();
  const auto more = answer.get<Tokens>();
  text.insert(text.end(), more.begin(), more.end());
  return text;
}

TEST(SamplingGolden, DrawsEachTokenAsOftenAsTheFormulasSay) {
  constexpr int kDraws = 4000;  // at even distances, so that each share is exact to one draw
  std::ifstream file(CROMWELL_TEST_DATA "/sampling.json");
  const Json cases = Json::parse(file);
  const auto tokenizer = fakes::small_tokenizer();
  const std::string breaker(tokenizer->bytes(kBreaker));
  ASSERT_GT(cases.size(), 50U);
  for (const Json& one : cases) {
    SCOPED_TRACE(one["options"].dump() + one["prompt"].dump() + one["answer"].dump());
    const auto logits = one["logits"].get<std::vector<float>>();
    const auto options = options_of(one["options"], breaker);
    const Tokens text = joined(one["prompt"], one["answer"]);
    Sampler sampler(static_cast<int>(logits.size()), tokenizer.get());
    std::map<TokenId, int> counts;
    for (int i = 0; i < kDraws; ++i) {
      float mu = one.value("mu", 0.0F);
      const auto token = sampler.choose(row_of(logits), options, {text, one["prompt"].size()},
                                        nullptr, (i + 0.5) / kDraws, &mu);
      ASSERT_TRUE(token.has_value());
      ++counts[*token];
    }
    double sum = 0;
    for (const Json& entry : one["probabilities"]) {
      const double expected = entry[1].get<double>();
      EXPECT_NEAR(counts[entry[0].get<TokenId>()], expected * kDraws, 1.01) << entry;
      sum += expected;
      counts.erase(entry[0].get<TokenId>());
    }
    EXPECT_NEAR(sum, 1, 1e-6);
    for (const auto& [token, count] : counts) EXPECT_EQ(count, 0) << "token " << token;
  }
}

TEST(SamplingGolden, ADryPenaltyBeyondAllNumbersLeavesTheTextGoOn) {
  const std::vector<float> logits(8, 1.0F);
  const SamplingOptions options{.temperature = 0,
                                .dry = {.multiplier = 1, .base = 1e30F, .allowed_length = 1}};
  // Each token has followed the text's end once, of which at least two tokens match.
  Tokens text;
  for (TokenId next = 0; next < 8; ++next) text.insert(text.end(), {1, 1, 1, next});
  text.insert(text.end(), {1, 1, 1});
  Sampler sampler(8);
  float mu = 0;
  EXPECT_TRUE(sampler.choose(row_of(logits), options, {text, 0}, nullptr, 0.5, &mu).has_value());
}

TEST(SamplingGolden, SaysWhetherTheLogitsOrTheConstraintLeaveNoToken) {
  struct Nothing : Constraint {
    void mask(std::span<float> row) override {
      std::fill(row.begin(), row.end(), -std::numeric_limits<float>::infinity());
    }
    void accept(std::int32_t) override {}
    void rewind_to(int) override {}
    std::unique_ptr<Constraint> clone() const override { return nullptr; }
  } nothing;
  Sampler sampler(4);
  float mu = 0;
  std::vector<float> logits(4, 1.0F);
  const auto none = sampler.choose(row_of(logits), {}, {}, &nothing, 0.5, &mu);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, base::ErrorCode::kInvalidRequest);
  logits[2] = std::numeric_limits<float>::quiet_NaN();
  const auto bad = sampler.choose(row_of(logits), {}, {}, &nothing, 0.5, &mu);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, base::ErrorCode::kInternal);
}

TEST(SamplingGolden, MirostatCorrectsItsLimitAsTheFormulaSays) {
  std::ifstream file(CROMWELL_TEST_DATA "/sampling.json");
  int checked = 0;
  for (const Json& one : Json::parse(file)) {
    if (!one.contains("mu")) continue;
    const auto logits = one["logits"].get<std::vector<float>>();
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    Sampler sampler(static_cast<int>(logits.size()));
    for (int i = 0; i < 1000; ++i) {
      float mu = one["mu"].get<float>();
      const auto token = sampler.choose(row_of(logits), options_of(one["options"], "*"), {},
                                        nullptr, i / 1000.0, &mu);
      if (*token != best) continue;
      EXPECT_NEAR(mu, one["mu_after"].get<float>(), 1e-4);
      ++checked;
      break;
    }
  }
  EXPECT_GT(checked, 5);
}

}  // namespace
}  // namespace cromwell::engine
