#include "model/fingerprint.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/tiny_gguf.h"

namespace cromwell::model {
namespace {

std::string fingerprint_of(const std::string& path) {
  const auto file = GgufFile::open(path);
  EXPECT_TRUE(file) << file.error().message;
  return file ? weights_fingerprint(**file) : "";
}

std::string fingerprint_of(const fakes::TinyModel& tiny) {
  const fakes::TempFile file("tiny.gguf");
  EXPECT_TRUE(fakes::write_tiny_gguf(file.path(), tiny));
  return fingerprint_of(file.path());
}

TEST(Fingerprint, IsThatOfTheSameWeightsOnly) {
  EXPECT_EQ(fingerprint_of(fakes::TinyModel{}), fingerprint_of(fakes::TinyModel{}));
  EXPECT_NE(fingerprint_of(fakes::TinyModel{}), fingerprint_of(fakes::TinyModel{.seed = 2}));
  EXPECT_NE(fingerprint_of(fakes::TinyModel{}), fingerprint_of(fakes::TinyModel{.context = 512}));
}

TEST(Fingerprint, SeesAChangedTensor) {
  const fakes::TempFile file("tiny.gguf");
  ASSERT_TRUE(fakes::write_tiny_gguf(file.path()));
  const std::string before = fingerprint_of(file.path());
  const auto opened = GgufFile::open(file.path());
  ASSERT_TRUE(opened);
  const GgufTensor& tensor = (*opened)->tensors().back();
  std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(tensor.offset)).put('?');
  bytes.close();
  EXPECT_NE(fingerprint_of(file.path()), before);
}

}  // namespace
}  // namespace cromwell::model
