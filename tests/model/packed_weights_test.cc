#include "model/packed_weights.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>

#include "kernels/packed_rows.h"
#include "model/transformer.h"
#include "tests/fakes/tiny_gguf.h"

namespace cromwell::model {
namespace {

constexpr std::size_t kAnySize = std::numeric_limits<std::size_t>::max();

class PackedWeightsTest : public testing::TestWithParam<kernels::WeightType> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fakes::write_tiny_gguf(file_.path(), fakes::tiny_of(GetParam())));
  }

  std::unique_ptr<Transformer> load(std::size_t packed_bytes_limit) {
    auto file = GgufFile::open(file_.path());
    EXPECT_TRUE(file) << file.error().message;
    auto model = Transformer::create(*file, {.threads = 2,
                                             .kv_memory_bytes = std::size_t{16} << 20,
                                             .packed_bytes_limit = packed_bytes_limit});
    EXPECT_TRUE(model) << model.error().message;
    return std::move(*model);
  }

  // Of the last of some tokens.
  static std::vector<float> logits(Transformer& model, int count) {
    std::vector<BatchToken> tokens;
    for (int i = 0; i < count; ++i) {
      tokens.push_back({.position = i, .token = 7 * i % 50, .wants_logits = i + 1 == count});
    }
    const std::vector<PageId> pages{0, 1};
    const std::span<const PageId> table(pages);
    std::vector<float> row(static_cast<std::size_t>(model.vocab_size()));
    EXPECT_TRUE(model.forward({.tokens = tokens, .page_tables = {&table, 1}}, row.data()));
    return row;
  }

  static bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  }

  fakes::TempFile file_{"packed.gguf"};
};

TEST_P(PackedWeightsTest, GiveTheSameLogitsAsTheFile) {
  const auto mapped = load(0);
  ASSERT_EQ(mapped->packed_weights(), nullptr);
  const auto packed = load(kAnySize);
  if (!kernels::available_kernels().front()->reads_packed) GTEST_SKIP() << "scalar alone";
  ASSERT_NE(packed->packed_weights(), nullptr);
  for (const int count : {1, 5, 70}) {
    const auto expected = logits(*mapped, count);
    EXPECT_TRUE(same_bits(logits(*packed, count), expected)) << count << ", while they are copied";
  }
  packed->packed_weights()->finish();
  ASSERT_NE(packed->weights().layers[0].q.packed, nullptr);
  for (const int count : {1, 5, 70}) {
    EXPECT_TRUE(same_bits(logits(*packed, count), logits(*mapped, count))) << count;
  }
}

// The embedding is read where the file's pages were given back.
TEST_P(PackedWeightsTest, OfATiedModelGiveTheSameLogitsAsTheFile) {
  fakes::TinyModel tiny = fakes::tiny_of(GetParam());
  tiny.tied = true;
  ASSERT_TRUE(fakes::write_tiny_gguf(file_.path(), tiny));
  const auto mapped = load(0);
  const auto packed = load(kAnySize);
  if (!kernels::available_kernels().front()->reads_packed) GTEST_SKIP() << "scalar alone";
  packed->packed_weights()->finish();
  for (const int count : {1, 5, 70}) {
    EXPECT_TRUE(same_bits(logits(*packed, count), logits(*mapped, count))) << count;
  }
}

TEST_P(PackedWeightsTest, AreNotMadeWhereTheyWouldNotFit) {
  const auto model = load(100);
  EXPECT_EQ(model->packed_weights(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(All, PackedWeightsTest, testing::ValuesIn(fakes::kTinyTypes),
                         [](const auto& param) {
                           return kernels::weight_type_traits(param.param)->name;
                         });

// A matrix of 16 MiB in a file of its own.
class PackedFile : public testing::Test {
 protected:
  static constexpr int kRows = 4096;
  static constexpr std::size_t kRowBytes = 4096 / 32 * 34;

  void SetUp() override {
    const std::string bytes(kRows * kRowBytes, 'w');
    std::ofstream(file_.path(), std::ios::binary) << bytes;
    auto mapping = base::MappedFile::open(file_.path());
    ASSERT_TRUE(mapping) << mapping.error().message;
    mapping_ = std::move(*mapping);
    matrix_ = {mapping_->bytes().data(), kernels::WeightType::kQ8_0, kRows, 4096, kRowBytes};
  }

  std::size_t resident_bytes() const {
    std::ifstream smaps("/proc/self/smaps");
    bool ours = false;
    for (std::string line; std::getline(smaps, line);) {
      if (line.find(file_.path()) != std::string::npos) ours = true;
      if (ours && line.starts_with("Rss:")) return std::strtoull(&line[4], nullptr, 10) << 10;
    }
    return 0;
  }

  fakes::TempFile file_{"packed.bin"};
  std::unique_ptr<base::MappedFile> mapping_;
  kernels::WeightMatrix matrix_;
};

TEST_F(PackedFile, IsGivenBackToTheSystem) {
  auto packed = PackedWeights::begin({&matrix_}, false);
  ASSERT_TRUE(packed) << packed.error().message;
  (*packed)->finish();
  EXPECT_NE(matrix_.packed, nullptr);
  EXPECT_LT(resident_bytes(), std::size_t{64} << 10);
}

TEST_F(PackedFile, IsGivenBackAlsoWhereItWasLocked) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "sanitizers make munlock() do nothing";
#endif
  if (!base::lock_in_memory(mapping_->bytes())) GTEST_SKIP() << "may not lock memory";
  auto packed = PackedWeights::begin({&matrix_}, true);
  ASSERT_TRUE(packed) << packed.error().message;
  (*packed)->finish();
  EXPECT_LT(resident_bytes(), std::size_t{64} << 10);
}

TEST_F(PackedFile, MayBeLeftBeforeItIsCopied) {
  auto packed = PackedWeights::begin({&matrix_}, false);
  ASSERT_TRUE(packed) << packed.error().message;
  packed->reset();
  EXPECT_EQ(matrix_.packed, nullptr);
}

}  // namespace
}  // namespace cromwell::model
