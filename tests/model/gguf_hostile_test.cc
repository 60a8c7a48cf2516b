// Damaged files: cut anywhere, or with random bytes changed. Each either loads or gives an error.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/model/gguf_bytes.h"
#include "tests/model/test_model.h"
#include "tests/model/variant_model.h"

namespace cromwell::model {
namespace {

constexpr int kCuts = 400;
constexpr int kMutants = 4000;

std::size_t header_bytes() { return fakes::tiny_writer().header().size(); }

TEST(DamagedGguf, GivesAnErrorWhereverTheFileIsCut) {
  const std::string whole = tiny_bytes();
  ASSERT_TRUE(survives(ExactBytes(whole)));
  const std::size_t header = header_bytes();
  for (std::size_t i = 0; i < kCuts; ++i) {
    // Half of the cuts in the header, half in the data; the last byte is padding-free data.
    const std::size_t at =
        i % 2 == 0 ? header * i / kCuts : header + (whole.size() - 1 - header) * i / kCuts;
    const ExactBytes cut(std::string_view(whole).substr(0, at));
    const auto file = parse(cut);
    ASSERT_FALSE(file) << "cut at " << at;
    EXPECT_EQ(file.error().code, base::ErrorCode::kBadModel);
    EXPECT_FALSE(file.error().message.empty());
  }
}

TEST(DamagedGguf, SurvivesEveryCutOfTheHeadersFirstKilobyte) {
  const std::string whole = tiny_bytes();
  for (std::size_t at = 0; at < 1024; ++at) {
    ASSERT_FALSE(parse(ExactBytes(std::string_view(whole).substr(0, at)))) << "cut at " << at;
  }
}

// Changes one to eight bytes of the first `limit`: to anything, to an extreme, or by one bit.
void mutate(std::string& bytes, std::size_t limit, std::mt19937& random) {
  const unsigned changes = 1 + random() % 8;
  for (unsigned i = 0; i < changes; ++i) {
    char& byte = bytes[random() % limit];
    switch (random() % 4) {
      case 0:
        byte = static_cast<char>(random() & 0xffU);
        break;
      case 1:
        byte = '\xff';
        break;
      case 2:
        byte = 0;
        break;
      default:
        byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
  }
}

TEST(DamagedGguf, SurvivesThousandsOfMutatedHeaders) {
  const unsigned seed = 20240311;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const std::string whole = tiny_bytes();
  const std::size_t header = header_bytes();
  int loaded = 0;
  for (int i = 0; i < kMutants; ++i) {
    std::string mutant = whole;
    // The counts, keys and tensor infos matter more than the tokens' spellings between them.
    const std::size_t limit = i % 2 == 0 ? 600 : header;
    mutate(mutant, limit, random);
    loaded += survives(ExactBytes(mutant)) ? 1 : 0;
  }
  std::printf("%d of %d mutants still made a model\n", loaded, kMutants);
  EXPECT_LT(loaded, kMutants);
}

TEST(DamagedGguf, SurvivesMutatedHeadersOfEveryVariant) {
  const unsigned seed = 23;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  for (const Variant& variant : read_variants()) {
    const GgufWriter writer = variant_writer(variant);
    const fakes::TempFile temp("variant.gguf");
    ASSERT_TRUE(writer.write(temp.path()));
    const std::string whole = read_whole(temp.path());
    ASSERT_TRUE(survives(ExactBytes(whole))) << variant.name;
    for (int i = 0; i < kMutants / 16; ++i) {
      std::string mutant = whole;
      mutate(mutant, writer.header().size(), random);
      (void)survives(ExactBytes(mutant));
    }
  }
}

TEST(DamagedGguf, SurvivesMutatedTensorInfos) {
  const unsigned seed = 7;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const std::string whole = tiny_bytes();
  const std::size_t infos = header_bytes() - 1500;  // 22 tensors of about 60 bytes each
  for (int i = 0; i < kMutants; ++i) {
    std::string tail = whole.substr(infos);
    mutate(tail, 1500, random);
    (void)survives(ExactBytes(whole.substr(0, infos) + tail));
  }
}

TEST(DamagedGguf, SurvivesMutatedWeights) {
  const unsigned seed = 11;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  for (const auto type : fakes::kTinyTypes) {
    const std::string whole = tiny_bytes(fakes::tiny_of(type));
    for (int i = 0; i < 20; ++i) {
      std::string mutant = whole;
      const std::size_t header = header_bytes();
      for (int changes = 0; changes < 2000; ++changes) {
        mutant[header + random() % (mutant.size() - header)] = static_cast<char>(random());
      }
      EXPECT_TRUE(survives(ExactBytes(mutant)));  // wrong numbers, but numbers
    }
  }
}

TEST(DamagedGguf, SurvivesMutationsOfTheRealModelsHeader) {
  const auto path = test_model_path();
  if (!path) GTEST_SKIP() << no_test_model();
  const unsigned seed = 5;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  // Parsed from memory: the header and the claim that the tensors follow, which they do not.
  constexpr std::size_t kHeader = 64 << 10;
  const std::string start = read_whole(*path).substr(0, 2 << 20);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string mutant = start;
    mutate(mutant, i % 2 == 0 ? 2048 : kHeader, random);
    refused += parse(ExactBytes(mutant)) ? 0 : 1;
  }
  EXPECT_EQ(refused, 300);
}

}  // namespace
}  // namespace cromwell::model
