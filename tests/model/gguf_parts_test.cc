// Models split over several files: the same model, or an error that names the part.
#include "model/gguf_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/model/split_model.h"

namespace cromwell::model {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& path) {
  const auto file = GgufFile::open(path);
  return file ? "" : file.error().message;
}

std::vector<float> logits_of(const std::string& path) {
  const auto file = GgufFile::open(path);
  if (!file) return {};
  const auto model = Transformer::create(*file, {.kv_memory_bytes = 16 << 20});
  if (!model) return {};
  const BatchToken token{.token = 7, .wants_logits = true};
  const PageId page = 0;
  const std::span<const PageId> table(&page, 1);
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  EXPECT_TRUE(
      (*model)->forward({.tokens = {&token, 1}, .page_tables = {&table, 1}}, logits.data()));
  return logits;
}

TEST(GgufParts, AreTheModelThatTheWholeFileIs) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 3);
  const auto file = GgufFile::open(first);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ((*file)->parts(), 3);
  EXPECT_TRUE((*file)->intact());
  const auto logits = logits_of(first);
  ASSERT_FALSE(logits.empty());
  EXPECT_EQ(logits, logits_of(folder.str("whole.gguf")));
}

TEST(GgufParts, AreNamedAfterTheFirst) {
  EXPECT_THAT(gguf_part_paths("/m/a-00001-of-00003.gguf"),
              testing::ElementsAre("/m/a-00001-of-00003.gguf", "/m/a-00002-of-00003.gguf",
                                   "/m/a-00003-of-00003.gguf"));
  EXPECT_EQ(gguf_part_paths("-00001-of-99999.gguf").size(), 48U);
  for (const char* other : {"a.gguf", "a-00002-of-00003.gguf", "a-00001-of-0000x.gguf", ".gguf",
                            "a-00001-of-00003", "00001-of-00003.gguf", ""}) {
    EXPECT_THAT(gguf_part_paths(other), testing::ElementsAre(other));
  }
}

TEST(GgufParts, NameTheOneThatIsMissing) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 3);
  std::filesystem::remove(gguf_part_paths(first)[1]);
  EXPECT_THAT(error_of(first), HasSubstr("part 2 of 3 of the model: "));
  EXPECT_THAT(error_of(first), HasSubstr(gguf_part_paths(first)[1]));
}

TEST(GgufParts, AreRefusedWhereOneStandsForAnother) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 3);
  const auto paths = gguf_part_paths(first);
  EXPECT_THAT(error_of(paths[1]), HasSubstr("key split.no: is 1: this is part 2 of 3"));
  std::filesystem::copy_file(paths[1], paths[2], std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(error_of(first),
            paths[2] + ": key split.no: is 1, expected 2 in this part of " + first);
  std::filesystem::rename(first, folder.str("renamed.gguf"));
  EXPECT_THAT(error_of(folder.str("renamed.gguf")),
              HasSubstr("key split.count: is 3, expected a file name that ends in "
                        "-00001-of-00003.gguf"));
}

TEST(GgufParts, AreRefusedWhereTheirNumbersDoNotAgree) {
  const struct {
    int part;
    const char* key;
    std::uint32_t value;
    const char* expected;
  } cases[] = {
      {1, "split.count", 4, "of-00003.gguf: key split.count: is 4, expected 3"},
      {2, "split.tensors.count", 5, "3-of-00003.gguf: key split.tensors.count: is 5, expected 21"},
      {0, "split.count", 2, "key split.count: is 2, expected a file name that ends in"},
      {0, "split.count", 49, "key split.count: is 49, expected at most 48"},
      {0, "split.no", 7, "key split.no: is 7: this is part 8 of 3"},
  };
  for (const auto& c : cases) {
    const tests::TempFolder folder;
    const std::string first = write_split_model(folder, 3, [&](int part, SplitKeys& keys) {
      if (part == c.part) keys[c.key] = c.value;
    });
    EXPECT_THAT(error_of(first), HasSubstr(c.expected));
  }
  const tests::TempFolder folder;
  const std::string first =
      write_split_model(folder, 2, [](int, SplitKeys& keys) { keys["split.tensors.count"] = 20; });
  EXPECT_THAT(error_of(first),
              HasSubstr("key split.tensors.count: is 20, but the 2 parts have 21"));
  const std::string without = write_split_model(folder, 2, [](int part, SplitKeys& keys) {
    if (part == 1) keys.erase("split.no");
  });
  EXPECT_THAT(error_of(without), HasSubstr("2-of-00002.gguf: key split.no: is missing"));
}

TEST(GgufParts, AreRefusedWhereTheyShareATensorOrAnArchitecture) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 2);
  GgufWriter writer;
  writer.add_uint32("split.no", 1);
  writer.add_uint32("split.count", 2);
  writer.add_uint32("split.tensors.count", 21);
  writer.add_tensor("token_embd.weight", {32}, kernels::WeightType::kF32,
                    [](std::span<std::byte>) { return base::Result<>(); });
  const auto replace = GgufWriter::Existing::kReplace;
  ASSERT_TRUE(writer.write(gguf_part_paths(first)[1], replace));
  EXPECT_THAT(error_of(first), HasSubstr("2-of-00002.gguf: tensor token_embd.weight: is also in"));
  writer.add_text("general.architecture", "qwen2");
  ASSERT_TRUE(writer.write(gguf_part_paths(first)[1], replace));
  EXPECT_THAT(error_of(first),
              HasSubstr("key general.architecture: is \"qwen2\", expected \"llama\""));
}

TEST(GgufParts, FailWithoutDyingWhenOneIsTruncatedUnderTheModel) {
  const tests::TempFolder folder;
  const std::string first = write_split_model(folder, 2);
  const auto file = GgufFile::open(first);
  ASSERT_TRUE(file);
  const auto model = Transformer::create(*file, {.kv_memory_bytes = 16 << 20});
  ASSERT_TRUE(model) << model.error().message;
  std::filesystem::resize_file(gguf_part_paths(first)[1], 0);
  EXPECT_FALSE((*file)->intact());
  const BatchToken token{.token = 7, .wants_logits = true};
  const PageId page = 0;
  const std::span<const PageId> table(&page, 1);
  std::vector<float> logits(static_cast<std::size_t>((*model)->vocab_size()));
  const auto done =
      (*model)->forward({.tokens = {&token, 1}, .page_tables = {&table, 1}}, logits.data());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace cromwell::model
