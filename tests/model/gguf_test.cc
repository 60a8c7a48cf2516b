#include "model/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/gguf_bytes.h"

namespace cromwell::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t kF32 = 0;

GgufWriter small_writer() {
  GgufWriter writer;
  writer.add_text("name", "Cromwell \xc2\xb5");
  writer.add_uint32("count", 7);
  writer.add_float32("ratio", 0.5F);
  writer.add_bool("flag", true);
  writer.add_texts("words", {"", "one", "two"});
  writer.add_int32s("numbers", {-1, 2});
  writer.add_tensor("w", {64, 3}, kernels::WeightType::kQ8_0, [](std::span<std::byte> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i);
    return base::Result<>();
  });
  writer.add_tensor("norm", {4}, kernels::WeightType::kF32, [](std::span<std::byte> out) {
    const float values[] = {1, 2, 3, 4};
    std::memcpy(out.data(), values, out.size());
    return base::Result<>();
  });
  return writer;
}

class GgufReading : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(small_writer().write(temp_.path()));
    auto file = GgufFile::open(temp_.path());
    ASSERT_TRUE(file) << file.error().message;
    file_ = *file;
  }
  fakes::TempFile temp_{"small.gguf"};
  std::shared_ptr<const GgufFile> file_;
};

TEST_F(GgufReading, GivesBackWhatTheWriterWrote) {
  EXPECT_EQ(file_->text("name").value(), "Cromwell \xc2\xb5");
  EXPECT_EQ(file_->integer("count").value(), 7U);
  EXPECT_EQ(file_->real("ratio").value(), 0.5);
  EXPECT_TRUE(file_->boolean("flag").value());
  EXPECT_THAT(file_->texts("words").value(), ElementsAre("", "one", "two"));
  EXPECT_THAT(file_->integers("numbers").value(), ElementsAre(-1, 2));
  ASSERT_EQ(file_->tensors().size(), 2U);
  const auto w = file_->matrix("w", 3, 64);
  ASSERT_TRUE(w) << w.error().message;
  EXPECT_EQ(w->row_bytes, 68U);
  for (std::size_t i = 0; i < 3 * 68; ++i) {
    ASSERT_EQ(w->data[i], static_cast<std::byte>(i));
  }
  const auto norm = file_->vector("norm", 4);
  ASSERT_TRUE(norm) << norm.error().message;
  EXPECT_EQ((*norm)[3], 4.0F);
  EXPECT_TRUE(file_->intact());
}

TEST_F(GgufReading, NamesTheKeyThatIsMissingOrOfAnotherType) {
  EXPECT_THAT(file_->integer("absent").error().message, HasSubstr("key absent: is missing"));
  EXPECT_EQ(file_->integer("absent", 9).value(), 9U);
  EXPECT_THAT(file_->integer("name").error().message,
              HasSubstr("key name: is a string, expected an integer"));
  EXPECT_THAT(file_->integer("name", 9).error().message, HasSubstr("expected an integer"));
  EXPECT_THAT(file_->text("count").error().message, HasSubstr("key count: is a uint32"));
  EXPECT_THAT(file_->real("count").error().message, HasSubstr("expected a float"));
  EXPECT_THAT(file_->boolean("count").error().message, HasSubstr("expected a bool"));
  EXPECT_THAT(file_->texts("numbers").error().message, HasSubstr("an array of int32"));
  EXPECT_THAT(file_->integers("words").error().message, HasSubstr("an array of string"));
  EXPECT_THAT(file_->reals("numbers").error().message, HasSubstr("expected floats"));
  EXPECT_EQ(file_->reals("count").error().param, "count");
}

TEST_F(GgufReading, NamesTheTensorWithItsShapeAndTheExpectedOne) {
  EXPECT_THAT(file_->matrix("w", 64, 64).error().message,
              HasSubstr("tensor w: shape [64, 3], expected [64, 64]"));
  EXPECT_THAT(file_->matrix("v", 64, 64).error().message, HasSubstr("tensor v: is missing"));
  EXPECT_THAT(file_->vector("w", 64).error().message, HasSubstr("tensor w: shape [64, 3]"));
  EXPECT_EQ(file_->vector("w", 64).error().code, base::ErrorCode::kBadModel);
}

TEST(Gguf, ReadsIntegersOfEverySize) {
  RawGguf raw(0, 4);
  raw.key("a", GgufType::kInt8).put(std::int8_t{5}).key("b", GgufType::kInt16);
  raw.put(std::int16_t{-2}).key("c", GgufType::kUint64).put(~std::uint64_t{0});
  raw.key("d", GgufType::kFloat64).put(2.5);
  const ExactBytes bytes(raw.text());
  const auto file = parse(bytes);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ((*file)->integer("a").value(), 5U);
  EXPECT_THAT((*file)->integer("b").error().message, HasSubstr("key b: is -2"));
  EXPECT_EQ((*file)->integer("c").value(), ~std::uint64_t{0});
  EXPECT_EQ((*file)->real("d").value(), 2.5);
}

TEST(Gguf, OpensAFileWithoutTensors) {
  const fakes::TempFile temp("vocabulary.gguf");
  ASSERT_TRUE(fakes::write_tiny_vocabulary(temp.path()));
  const auto file = GgufFile::open(temp.path());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ((*file)->texts("tokenizer.ggml.tokens").value().size(), 300U);
}

TEST(Gguf, RefusesWhatIsNoRegularFile) {
  EXPECT_EQ(GgufFile::open("/no/such/file.gguf").error().code, base::ErrorCode::kIo);
  EXPECT_THAT(GgufFile::open("/no/such/file.gguf").error().message,
              HasSubstr("/no/such/file.gguf: cannot open: No such file"));
  EXPECT_THAT(GgufFile::open("/").error().message, HasSubstr("not a regular file"));
  EXPECT_THAT(GgufFile::open("/dev/zero").error().message, HasSubstr("not a regular file"));
  const fakes::TempFile empty("empty.gguf");
  std::ofstream(empty.path()).close();
  EXPECT_THAT(GgufFile::open(empty.path()).error().message, HasSubstr("is empty"));
}

TEST(Gguf, RefusesAnotherMagicVersionOrByteOrder) {
  const ExactBytes html("<!DOCTYPE html><html>");
  EXPECT_THAT(parse(html).error().message, HasSubstr("not a GGUF file"));
  EXPECT_THAT(RawGguf(0, 0, 1).error(), HasSubstr("version 1, expected 3"));
  EXPECT_THAT(RawGguf(0, 0, 4).error(), HasSubstr("version 4, expected 3"));
  EXPECT_THAT(RawGguf(0, 0, 0x03000000).error(), HasSubstr("big-endian"));
  EXPECT_EQ(RawGguf(0, 0).error(), "");
}

TEST(Gguf, RefusesCountsThatTheFileCannotHold) {
  for (const std::uint64_t huge : {std::uint64_t{1} << 16, std::uint64_t{1} << 32,
                                   std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    EXPECT_THAT(RawGguf(huge, 0).error(), HasSubstr("tensors, more than"));
    EXPECT_THAT(RawGguf(0, huge).error(), HasSubstr("keys, more than"));
    for (std::uint32_t type = 0; type < 13; ++type) {
      RawGguf raw(0, 1);
      raw.array("list", GgufType{type}, huge).pad(1000);
      EXPECT_THAT(raw.error(), HasSubstr("key list: ")) << huge << " of type " << type;
    }
    RawGguf raw(0, 1);
    raw.key("text", GgufType::kString).put(huge).pad(1000);
    EXPECT_THAT(raw.error(), HasSubstr("the file ends inside key text"));
    RawGguf name(0, 1);
    name.put(huge).pad(1000);
    EXPECT_THAT(name.error(), HasSubstr("the file ends inside the name of key 0"));
  }
}

TEST(Gguf, RefusesUnknownTypesAndBooleansThatAreNeither) {
  EXPECT_THAT(RawGguf(0, 1).key("k", GgufType{13}).pad(64).error(),
              HasSubstr("key k: unknown value type type 13"));
  EXPECT_THAT(RawGguf(0, 1).array("k", GgufType{99}, 1).pad(64).error(),
              HasSubstr("key k: unknown element type type 99"));
  EXPECT_THAT(RawGguf(0, 1).key("k", GgufType::kBool).put(std::uint8_t{2}).pad(64).error(),
              HasSubstr("key k: a bool is 2"));
}

TEST(Gguf, RefusesArraysNestedTooDeeply) {
  RawGguf flat(0, 1);
  flat.array("k", GgufType::kArray, 1).put(GgufType::kInt8).put(std::uint64_t{0});
  EXPECT_EQ(flat.error(), "");
  RawGguf deep(0, 1);
  deep.array("k", GgufType::kArray, 1);
  for (int i = 0; i < 1000; ++i) deep.put(GgufType::kArray).put(std::uint64_t{1});
  EXPECT_THAT(deep.error(), HasSubstr("key k: arrays nested deeper than 4"));
}

TEST(Gguf, RefusesDuplicateAndNamelessKeysAndTensors) {
  RawGguf keys(0, 2);
  keys.key("k", GgufType::kUint8).put('a').key("k", GgufType::kUint8).put('b').pad(64);
  EXPECT_THAT(keys.error(), HasSubstr("key k: appears twice"));
  EXPECT_THAT(RawGguf(0, 1).key("", GgufType::kUint8).pad(64).error(),
              HasSubstr("the name of key 0 has 0 bytes"));
  EXPECT_THAT(RawGguf(0, 1).key(std::string(65536, 'k'), GgufType::kUint8).pad(64).error(),
              HasSubstr("the name of key 0 has 65536 bytes"));
  RawGguf tensors(2, 0);
  tensors.tensor("w", {8}, kF32, 0).tensor("w", {8}, kF32, 32).pad(64);
  EXPECT_THAT(tensors.error(), HasSubstr("tensor w: appears twice"));
  EXPECT_THAT(RawGguf(1, 0).tensor(std::string(65, 't'), {8}, kF32, 0).pad(64).error(),
              HasSubstr("the name of tensor 0 has 65 bytes"));
}

TEST(Gguf, RefusesImpossibleAlignments) {
  for (const std::uint32_t alignment : {0U, 1U, 4U, 12U, 33U, 1U << 21, 1U << 31, ~0U}) {
    RawGguf raw(0, 1);
    raw.key("general.alignment", GgufType::kUint32).put(alignment);
    EXPECT_THAT(raw.error(), HasSubstr("key general.alignment: is")) << alignment;
  }
  RawGguf text(0, 1);
  text.key("general.alignment", GgufType::kString).string("32");
  EXPECT_THAT(text.error(), HasSubstr("key general.alignment: is a string"));
}

TEST(Gguf, RefusesImpossibleShapes) {
  const auto error = [](const std::vector<std::uint64_t>& shape, std::uint32_t type = kF32) {
    return RawGguf(1, 0).tensor("w", shape, type, 0).pad(256).error();
  };
  EXPECT_EQ(error({8, 8}), "");
  EXPECT_THAT(error({}), HasSubstr("tensor w: 0 dimensions"));
  EXPECT_THAT(error({1, 1, 1, 1, 1}), HasSubstr("tensor w: 5 dimensions"));
  EXPECT_THAT(error({0}), HasSubstr("tensor w: dimension 0 is 0"));
  EXPECT_THAT(error({8, 0}), HasSubstr("tensor w: dimension 1 is 0"));
  EXPECT_THAT(error({std::uint64_t{1} << 31}), HasSubstr("tensor w: dimension 0 is 2147483648"));
  EXPECT_THAT(error({~std::uint64_t{0}, 2}), HasSubstr("tensor w: dimension 0"));
  const std::uint64_t most = (std::uint64_t{1} << 31) - 1;
  EXPECT_THAT(error({most, most}), HasSubstr("is the file truncated"));
  EXPECT_THAT(error({8, most, most, most}), HasSubstr("tensor w: has more than 2147483647 rows"));
  EXPECT_THAT(error({8, 65536, 65536, 1}), HasSubstr("tensor w: has more than"));
  EXPECT_THAT(error({33}, 8), HasSubstr("tensor w: row of 33 elements, expected a multiple of 32"));
  EXPECT_THAT(error({32}, 12), HasSubstr("expected a multiple of 256 for Q4_K"));
}

TEST(Gguf, RefusesUnsupportedTensorTypesByName) {
  const auto error = [](std::uint32_t type) {
    return RawGguf(1, 0).tensor("blk.0.w", {256}, type, 0).pad(2048).error();
  };
  EXPECT_THAT(error(23), HasSubstr("tensor blk.0.w: type IQ4_XS is not supported"));
  EXPECT_THAT(error(16), HasSubstr("tensor blk.0.w: type IQ2_XXS is not supported"));
  EXPECT_THAT(error(4), HasSubstr("tensor blk.0.w: type type 4 is not supported"));
  EXPECT_THAT(error(0xffffffff), HasSubstr("tensor blk.0.w: type type 4294967295"));
}

TEST(Gguf, RefusesTensorsOutsideTheFileOrOverEachOther) {
  const auto error = [](std::uint64_t first, std::uint64_t second, std::size_t data = 64) {
    RawGguf raw(2, 0);
    return raw.tensor("a", {8}, kF32, first).tensor("b", {8}, kF32, second).pad(data).error();
  };
  EXPECT_EQ(error(0, 32), "");
  EXPECT_EQ(error(32, 0), "");
  EXPECT_THAT(error(0, 32, 63), HasSubstr("tensor b: 32 bytes at offset 32"));
  EXPECT_THAT(error(0, 32, 0), HasSubstr("tensor a: 32 bytes at offset 0"));
  EXPECT_THAT(error(0, 64), HasSubstr("tensor b: 32 bytes at offset 64"));
  EXPECT_THAT(error(0, ~std::uint64_t{31}), HasSubstr("tensor b: 32 bytes at offset"));
  EXPECT_THAT(error(0, 8), HasSubstr("tensor b: offset 8, expected a multiple of 32"));
  EXPECT_THAT(error(0, 0), HasSubstr("overlaps tensor"));
  EXPECT_THAT(error(32, 32, 96), HasSubstr("overlaps tensor"));
}

TEST(Gguf, ShowsNamesFromTheFileAsPrintableText) {
  const std::string error = RawGguf(1, 0).tensor("w\x1b[31m\n\xff", {0}, kF32, 0).pad(64).error();
  EXPECT_THAT(error, HasSubstr("tensor w?[31m??: dimension 0"));
  EXPECT_EQ(printable(std::string(200, 'a')).size(), 83U);
}

}  // namespace
}  // namespace cromwell::model
