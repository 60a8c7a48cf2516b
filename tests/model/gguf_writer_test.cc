// GgufWriter: the file appears whole or not at all.
#include "model/gguf_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_folder.h"
#include "tests/fakes/tiny_gguf.h"

namespace cromwell::model {
namespace {

using Existing = GgufWriter::Existing;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

GgufWriter one_tensor() {
  GgufWriter writer;
  writer.add_text("name", "one");
  writer.add_tensor("w", {4}, kernels::WeightType::kF32, [](std::span<std::byte> out) {
    std::fill(out.begin(), out.end(), std::byte{1});
    return base::Result<>();
  });
  return writer;
}

TEST(GgufWriter, ReplacesAFileOrKeepsIt) {
  const tests::TempFolder folder;
  folder.write("m.gguf", "old");
  const auto kept = one_tensor().write(folder.str("m.gguf"), Existing::kKeep);
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().message, HasSubstr("exists"));
  EXPECT_EQ(folder.read("m.gguf"), "old");
  ASSERT_TRUE(one_tensor().write(folder.str("m.gguf"), Existing::kReplace));
  EXPECT_TRUE(GgufFile::open(folder.str("m.gguf")));
  EXPECT_THAT(folder.entries(), ElementsAre("m.gguf"));
}

TEST(GgufWriter, LeavesNothingBehindWhicheverCallFails) {
  int calls = 0;
  {
    const tests::TempFolder folder;
    tests::FaultyFileSystem files;
    ASSERT_TRUE(one_tensor().write(folder.str("m.gguf"), Existing::kKeep, files));
    calls = files.calls;
  }
  ASSERT_GT(calls, 5);
  for (int call = 1; call < calls; ++call) {  // the last syncs the folder, after the rename
    const tests::TempFolder folder;
    tests::FaultyFileSystem files;
    files.fault = {.kind = tests::Fault::Kind::kFail, .at_call = call, .error_number = ENOSPC};
    const auto written = one_tensor().write(folder.str("m.gguf"), Existing::kKeep, files);
    ASSERT_FALSE(written) << call;
    EXPECT_THAT(written.error().message, HasSubstr("No space left on device")) << call;
    EXPECT_THAT(folder.entries(), IsEmpty()) << call;
  }
}

TEST(GgufWriter, SurvivesShortWrites) {
  const tests::TempFolder folder;
  tests::FaultyFileSystem files;
  files.fault = {.kind = tests::Fault::Kind::kShort, .at_call = 1, .sticky = true};
  ASSERT_TRUE(one_tensor().write(folder.str("m.gguf"), Existing::kReplace, files));
  ASSERT_TRUE(one_tensor().write(folder.str("whole.gguf")));
  EXPECT_EQ(folder.read("m.gguf"), folder.read("whole.gguf"));
}

TEST(GgufWriter, RenamesWhereTheFileSystemCannotRefuseToReplace) {
  const tests::TempFolder folder;
  tests::FaultyFileSystem files;
  int renames = 0;
  files.lacks = [&](const std::string& call) {
    return call.starts_with("rename_at") && ++renames == 1 ? EINVAL : 0;
  };
  EXPECT_TRUE(one_tensor().write(folder.str("m.gguf"), Existing::kKeep, files));
  EXPECT_THAT(folder.entries(), ElementsAre("m.gguf"));
}

TEST(GgufWriter, PassesOnTheErrorOfATensorAndKeepsTheOldFile) {
  const tests::TempFolder folder;
  folder.write("m.gguf", "old");
  GgufWriter writer = one_tensor();
  writer.add_tensor("bad", {4}, kernels::WeightType::kF32, [](std::span<std::byte>) {
    return base::Result<>(base::Error{base::ErrorCode::kBadModel, "tensor bad: no"});
  });
  const auto written = writer.write(folder.str("m.gguf"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "tensor bad: no");
  EXPECT_EQ(folder.read("m.gguf"), "old");
  EXPECT_THAT(folder.entries(), ElementsAre("m.gguf"));
}

TEST(GgufWriter, SaysWhichFolderIsMissing) {
  const auto written = one_tensor().write("/no/such/folder/m.gguf");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("/no/such/folder"));
}

TEST(GgufWriter, CopiesValuesOfEveryTypeAsTheyStand) {
  const tests::TempFolder folder;
  GgufWriter writer = fakes::tiny_writer();
  writer.add_value("small", {.type = GgufType::kInt8, .bits = 0xff});
  writer.add_value("wide", {.type = GgufType::kUint64, .bits = 0x0123456789abcdef});
  ASSERT_TRUE(writer.write(folder.str("a.gguf")));
  const auto first = GgufFile::open(folder.str("a.gguf"));
  ASSERT_TRUE(first);
  GgufWriter copy;
  for (const GgufEntry& entry : (*first)->metadata()) copy.add_value(entry.key, entry.value);
  ASSERT_TRUE(copy.write(folder.str("b.gguf")));
  const auto second = GgufFile::open(folder.str("b.gguf"));
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)->integer("wide").value(), 0x0123456789abcdefU);
  ASSERT_EQ((*second)->metadata().size(), (*first)->metadata().size());
  for (std::size_t i = 0; i < (*first)->metadata().size(); ++i) {
    const GgufEntry& a = (*first)->metadata()[i];
    const GgufEntry& b = (*second)->metadata()[i];
    EXPECT_EQ(a.key, b.key);
    EXPECT_EQ(a.value.type, b.value.type) << a.key;
    EXPECT_EQ(a.value.bits, b.value.bits) << a.key;
    EXPECT_EQ(a.value.text, b.value.text) << a.key;
    EXPECT_EQ(a.value.payload, b.value.payload) << a.key;
  }
}

}  // namespace
}  // namespace cromwell::model
