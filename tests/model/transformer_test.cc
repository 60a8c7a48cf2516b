#include "model/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "tests/fakes/tiny_gguf.h"
#include "tests/model/test_model.h"

namespace cromwell::model {
namespace {

using testing::HasSubstr;

constexpr std::size_t kKvMemory = std::size_t{64} << 20;

std::unique_ptr<Transformer> load(const std::string& path, TransformerOptions options = {}) {
  options.kv_memory_bytes = kKvMemory;
  auto file = GgufFile::open(path);
  if (!file) {
    ADD_FAILURE() << file.error().message;
    return nullptr;
  }
  auto model = Transformer::create(*file, options);
  if (!model) {
    ADD_FAILURE() << model.error().message;
    return nullptr;
  }
  return std::move(*model);
}

std::vector<TokenId> random_ids(int count, int vocab, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<TokenId> ids(static_cast<std::size_t>(count));
  for (TokenId& id : ids) id = static_cast<TokenId>(random() % static_cast<unsigned>(vocab));
  return ids;
}

// Pages first, first + 1, ... enough for `tokens` positions.
std::vector<PageId> pages_for(std::size_t tokens, PageId first = 0) {
  std::vector<PageId> pages((tokens + kPageTokens - 1) / kPageTokens);
  for (PageId& page : pages) page = first++;
  return pages;
}

// All logits of the sequence, [ids, vocab], computed `chunk` tokens a pass.
std::vector<float> all_logits(Transformer& model, const std::vector<TokenId>& ids,
                              std::size_t chunk) {
  const auto vocab = static_cast<std::size_t>(model.vocab_size());
  const std::vector<PageId> pages = pages_for(ids.size());
  const std::span<const PageId> table(pages);
  std::vector<float> logits(ids.size() * vocab);
  for (std::size_t begin = 0; begin < ids.size(); begin += chunk) {
    std::vector<BatchToken> tokens;
    for (std::size_t i = begin; i < std::min(begin + chunk, ids.size()); ++i) {
      tokens.push_back({.position = static_cast<int>(i), .token = ids[i], .wants_logits = true});
    }
    const auto done = model.forward({.tokens = tokens, .page_tables = {&table, 1}},
                                    logits.data() + begin * vocab);
    EXPECT_TRUE(done) << done.error().message;
  }
  return logits;
}

// Bit for bit: NaN equals itself and 0 differs from -0.
::testing::AssertionResult same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return ::testing::AssertionFailure() << "sizes differ";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
      return ::testing::AssertionFailure() << "element " << i << ": " << a[i] << " and " << b[i];
    }
  }
  return ::testing::AssertionSuccess();
}

struct Machine {
  const kernels::Kernels* kernels;
  kernels::WeightType type;
};

std::vector<Machine> machines() {
  std::vector<Machine> all;
  for (const kernels::Kernels* kernels : kernels::available_kernels()) {
    for (const auto type : fakes::kTinyTypes) all.push_back({kernels, type});
  }
  return all;
}

class OnEachMachine : public testing::TestWithParam<Machine> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fakes::write_tiny_gguf(file_.path(), fakes::tiny_of(GetParam().type)));
  }
  std::unique_ptr<Transformer> load(int threads) {
    return model::load(file_.path(), {.threads = threads, .kernels = GetParam().kernels});
  }
  fakes::TempFile file_{"tiny.gguf"};
};

TEST_P(OnEachMachine, LogitsAreTheSameBitsForEveryChunkSizeAndThreadCount) {
  const auto one = load(1);
  ASSERT_NE(one, nullptr);
  const auto ids = random_ids(300, one->vocab_size(), 3);
  const auto expected = all_logits(*one, ids, 1);
  for (const std::size_t chunk : {2, 7, 8, 64, 256}) {
    EXPECT_TRUE(same_bits(all_logits(*one, ids, chunk), expected)) << chunk << " tokens a pass";
  }
  for (const int threads : {2, 3}) {
    const auto several = load(threads);
    for (const std::size_t chunk : {8, 64, 256}) {
      EXPECT_TRUE(same_bits(all_logits(*several, ids, chunk), expected))
          << chunk << " tokens a pass, " << threads << " threads";
    }
    constexpr std::size_t kFew = 20;  // forks by single tokens are slow on a busy machine
    const auto few = std::vector<TokenId>(ids.begin(), ids.begin() + kFew);
    const auto vocab = static_cast<std::ptrdiff_t>(one->vocab_size());
    EXPECT_TRUE(same_bits(all_logits(*several, few, 1),
                          {expected.begin(), expected.begin() + kFew * vocab}))
        << "1 token a pass, " << threads << " threads";
  }
}

TEST_P(OnEachMachine, SummariesAreTheSameBitsForEveryNumberOfRowsAndThreads) {
  const auto one = load(1);
  const auto three = load(3);
  ASSERT_TRUE(one != nullptr && three != nullptr);
  const auto vocab = static_cast<std::size_t>(one->vocab_size());
  constexpr int kRows = 5;
  const auto logits = all_logits(*one, random_ids(kRows, one->vocab_size(), 4), kRows);
  std::vector<LogitSummary> together(kRows);
  three->summarize(logits.data(), kRows, together.data());
  for (std::size_t i = 0; i < kRows; ++i) {
    LogitSummary alone;
    const auto row = std::span(logits).subspan(i * vocab, vocab);
    one->summarize(row.data(), 1, &alone);
    EXPECT_EQ(together[i].best, std::max_element(row.begin(), row.end()) - row.begin());
    EXPECT_EQ(together[i].best, alone.best);
    EXPECT_EQ(together[i].max, alone.max);
    EXPECT_EQ(together[i].sum, alone.sum);
  }
}

TEST_P(OnEachMachine, LogitsAreFiniteAndDependOnThePrompt) {
  const auto model = load(2);
  ASSERT_NE(model, nullptr);
  const auto a = all_logits(*model, {5, 6, 7}, 3);
  const auto b = all_logits(*model, {8, 6, 7}, 3);
  for (const float logit : a) ASSERT_TRUE(std::isfinite(logit));
  const auto last = static_cast<std::ptrdiff_t>(2 * model->vocab_size());
  EXPECT_FALSE(std::equal(a.begin() + last, a.end(), b.begin() + last));
}

INSTANTIATE_TEST_SUITE_P(All, OnEachMachine, testing::ValuesIn(machines()),
                         [](const testing::TestParamInfo<Machine>& param) {
                           return std::string(param.param.kernels->name) + "_" +
                                  kernels::weight_type_traits(param.param.type)->name;
                         });

class TransformerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fakes::write_tiny_gguf(file_.path()));
    model_ = load(file_.path(), {.threads = 2, .max_batch_tokens = 128});
    ASSERT_NE(model_, nullptr);
    vocab_ = static_cast<std::size_t>(model_->vocab_size());
  }
  fakes::TempFile file_{"tiny.gguf"};
  std::unique_ptr<Transformer> model_;
  std::size_t vocab_ = 0;
};

TEST_F(TransformerTest, SequencesInOneBatchGetTheLogitsTheyGetAlone) {
  const std::vector<std::vector<TokenId>> texts = {random_ids(70, 300, 1), random_ids(3, 300, 2),
                                                   random_ids(1, 300, 3), random_ids(20, 300, 4)};
  std::vector<std::vector<PageId>> pages;
  std::vector<std::span<const PageId>> tables;
  std::vector<BatchToken> tokens;
  std::vector<float> expected;
  for (std::size_t s = 0; s < texts.size(); ++s) {
    const auto alone = all_logits(*model_, texts[s], 128);
    expected.insert(expected.end(), alone.end() - static_cast<std::ptrdiff_t>(vocab_), alone.end());
    pages.push_back(pages_for(texts[s].size(), static_cast<PageId>(10 * s + 5)));
    for (std::size_t i = 0; i < texts[s].size(); ++i) {
      tokens.push_back({.sequence = static_cast<int>(s),
                        .position = static_cast<int>(i),
                        .token = texts[s][i],
                        .wants_logits = i + 1 == texts[s].size()});
    }
  }
  for (const auto& p : pages) tables.emplace_back(p);
  std::vector<float> logits(expected.size());
  ASSERT_TRUE(model_->forward({.tokens = tokens, .page_tables = tables}, logits.data()));
  EXPECT_TRUE(same_bits(logits, expected));
}

TEST_F(TransformerTest, PagesMayBeSharedCopiedAndInAnyOrder) {
  const auto ids = random_ids(100, 300, 9);
  const auto expected = all_logits(*model_, ids, 128);
  // The first 64 positions lie in page 0 from that call; a copy of page 1, in which the last ten
  // positions are computed anew, lies in page 77.
  model_->copy_page(1, 77);
  const std::vector<PageId> pages = {0, 77};
  const std::span<const PageId> table(pages);
  std::vector<BatchToken> tokens;
  for (int i = 90; i < 100; ++i) {
    tokens.push_back(
        {.position = i, .token = ids[static_cast<std::size_t>(i)], .wants_logits = i == 99});
  }
  std::vector<float> logits(vocab_);
  ASSERT_TRUE(model_->forward({.tokens = tokens, .page_tables = {&table, 1}}, logits.data()));
  EXPECT_TRUE(
      same_bits(logits, {expected.end() - static_cast<std::ptrdiff_t>(vocab_), expected.end()}));
}

TEST_F(TransformerTest, WritesLogitsOnlyForTheTokensThatWantThem) {
  const auto ids = random_ids(6, 300, 4);
  const auto expected = all_logits(*model_, ids, 6);
  const std::vector<PageId> pages = {3};
  const std::span<const PageId> table(pages);
  std::vector<BatchToken> tokens;
  for (int i = 0; i < 6; ++i) {
    tokens.push_back({.position = i,
                      .token = ids[static_cast<std::size_t>(i)],
                      .wants_logits = i == 1 || i == 4});
  }
  std::vector<float> logits(3 * vocab_, -7);
  ASSERT_TRUE(model_->forward({.tokens = tokens, .page_tables = {&table, 1}}, logits.data()));
  for (std::size_t i = 0; i < vocab_; ++i) {
    ASSERT_EQ(logits[i], expected[vocab_ + i]);
    ASSERT_EQ(logits[vocab_ + i], expected[4 * vocab_ + i]);
    ASSERT_EQ(logits[2 * vocab_ + i], -7);
  }
}

TEST_F(TransformerTest, ForgottenPositionsAndStalePagesLeaveNoTrace) {
  const auto ids = random_ids(80, 300, 5);
  const auto expected = all_logits(*model_, ids, 80);
  (void)all_logits(*model_, random_ids(128, 300, 6), 128);  // other keys in the same pages
  EXPECT_TRUE(same_bits(all_logits(*model_, ids, 13), expected));
}

TEST_F(TransformerTest, RefusesABatchThatBreaksItsRules) {
  const PageId page = 0;
  const PageId outside = model_->page_count();
  std::vector<float> logits(vocab_);
  const auto error = [&](const BatchToken& token, std::span<const PageId> table) {
    const auto done =
        model_->forward({.tokens = {&token, 1}, .page_tables = {&table, 1}}, logits.data());
    return done ? "" : done.error().message;
  };
  const std::span<const PageId> table(&page, 1);
  EXPECT_EQ(error({}, table), "");
  EXPECT_THAT(error({.token = 300}, table), HasSubstr("token 300 is outside the vocabulary"));
  EXPECT_THAT(error({.token = -1}, table), HasSubstr("token -1 is outside"));
  EXPECT_THAT(error({.position = 1024}, table), HasSubstr("position 1024 is outside the context"));
  EXPECT_THAT(error({.position = -1}, table), HasSubstr("position -1 is outside"));
  EXPECT_THAT(error({.position = 64}, table), HasSubstr("has 1 pages, expected 2"));
  EXPECT_THAT(error({.sequence = 1}, table), HasSubstr("sequence 1 has no page table"));
  EXPECT_THAT(error({}, {&outside, 1}), HasSubstr("is outside the pool"));
  std::vector<BatchToken> many(129);
  const auto done = model_->forward({.tokens = many, .page_tables = {&table, 1}}, logits.data());
  EXPECT_THAT(done.error().message, HasSubstr("129 tokens, expected at most 128"));
}

TEST_F(TransformerTest, AnEmptyBatchIsNoWork) { EXPECT_TRUE(model_->forward({}, nullptr)); }

TEST_F(TransformerTest, FailsWithoutDyingWhenTheFileIsTruncatedUnderIt) {
  for (const std::uintmax_t left : {std::uintmax_t{65536}, std::uintmax_t{0}}) {
    const fakes::TempFile victim("victim.gguf");
    ASSERT_TRUE(fakes::write_tiny_gguf(victim.path()));
    const auto model = load(victim.path(), {.threads = 2});
    ASSERT_NE(model, nullptr);
    ASSERT_FALSE(all_logits(*model, {1, 2, 3}, 3).empty());
    std::filesystem::resize_file(victim.path(), left);
    const PageId page = 0;
    const std::span<const PageId> table(&page, 1);
    const BatchToken token{.token = 5, .wants_logits = true};
    std::vector<float> logits(vocab_);
    for (int i = 0; i < 2; ++i) {
      const auto done =
          model->forward({.tokens = {&token, 1}, .page_tables = {&table, 1}}, logits.data());
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().code, base::ErrorCode::kUnavailable);
      EXPECT_THAT(done.error().message, HasSubstr(victim.path()));
    }
  }
}

TEST_F(TransformerTest, KeepsToTheContextLimitAndTheKvMemory) {
  auto file = GgufFile::open(file_.path());
  ASSERT_TRUE(file);
  const auto limited =
      Transformer::create(*file, {.kv_memory_bytes = 1 << 20, .context_limit = 100});
  ASSERT_TRUE(limited);
  EXPECT_EQ((*limited)->context_length(), 100);
  EXPECT_EQ((*limited)->page_bytes(), 2U * 2 * 2 * 64 * 16 * 2);
  EXPECT_EQ((*limited)->page_count(), (1 << 20) / (2 * 2 * 2 * 64 * 16 * 2));
  const auto none = Transformer::create(*file, {.kv_memory_bytes = 1000});
  EXPECT_THAT(none.error().message, HasSubstr("KV memory of 1000 bytes holds no page"));
  const auto int8 =
      Transformer::create(*file, {.kv_memory_bytes = 1 << 20, .kv_type = kernels::KvType::kQ8_0});
  ASSERT_TRUE(int8);
  EXPECT_EQ((*int8)->page_bytes(), 2U * 2 * 2 * 64 * (16 + 2));  // a scale for the head's 16
}

TEST_F(TransformerTest, Int8KeysAndValuesAreAsIndependentOfCutsAndThreadsAsHalves) {
  const auto ids = random_ids(150, 300, 8);
  const auto one = load(file_.path(), {.kv_type = kernels::KvType::kQ8_0});
  const auto three = load(file_.path(), {.threads = 3, .kv_type = kernels::KvType::kQ8_0});
  ASSERT_TRUE(one && three);
  const auto expected = all_logits(*one, ids, 1);
  for (const std::size_t chunk : {8, 64, 150}) {
    EXPECT_TRUE(same_bits(all_logits(*three, ids, chunk), expected)) << chunk << " tokens a pass";
  }
  EXPECT_FALSE(same_bits(all_logits(*model_, ids, 64), expected));
}

// Three threads and two KV heads: each token's positions are split between the threads.
TEST_F(TransformerTest, SplittingLongContextsOverThreadsChangesNoBit) {
  const auto ids = random_ids(620, 300, 12);
  const auto one = load(file_.path());
  const auto three = load(file_.path(), {.threads = 3});
  ASSERT_TRUE(one && three);
  const auto expected = all_logits(*one, ids, 256);
  const auto last = static_cast<std::ptrdiff_t>(600 * vocab_);
  (void)all_logits(*three, {ids.begin(), ids.begin() + 600}, 256);
  const std::vector<PageId> pages = pages_for(ids.size());
  const std::span<const PageId> table(pages);
  std::vector<float> logits;
  for (int i = 600; i < 620; ++i) {
    const BatchToken token{
        .position = i, .token = ids[static_cast<std::size_t>(i)], .wants_logits = true};
    logits.resize(logits.size() + vocab_);
    ASSERT_TRUE(three->forward({.tokens = {&token, 1}, .page_tables = {&table, 1}},
                               &logits[logits.size() - vocab_]));
  }
  EXPECT_TRUE(same_bits(logits, {expected.begin() + last, expected.end()}));
}

TEST_F(TransformerTest, OneInt8RowIsAsIndependentOfCutsAndThreadsAsTwo) {
  const auto ids = random_ids(150, 300, 8);
  const auto one = load(file_.path(), {.precision = ActivationPrecision::kInt8});
  const auto two = load(file_.path(), {.threads = 2, .precision = ActivationPrecision::kInt8});
  ASSERT_TRUE(one && two);
  const auto expected = all_logits(*one, ids, 1);
  for (const std::size_t chunk : {8, 64, 256}) {
    EXPECT_TRUE(same_bits(all_logits(*two, ids, chunk), expected)) << chunk << " tokens a pass";
  }
  EXPECT_FALSE(same_bits(all_logits(*model_, ids, 64), expected));  // two rows are another number
}

TEST(RealModel, LogitsAreTheSameBitsForEveryChunkSizeAndThreadCount) {
  const auto path = test_model_path();
  if (!path) GTEST_SKIP() << no_test_model();
  const auto one = load(*path);
  ASSERT_NE(one, nullptr);
  const auto ids = random_ids(72, one->vocab_size(), 3);
  const auto expected = all_logits(*one, ids, 72);
  const auto two = load(*path, {.threads = 2});
  for (const std::size_t chunk : {1, 8, 64}) {
    EXPECT_TRUE(same_bits(all_logits(*two, ids, chunk), expected)) << chunk << " tokens a pass";
  }
}

}  // namespace
}  // namespace cromwell::model
