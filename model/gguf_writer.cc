#include "model/gguf_writer.h"

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace cromwell::model {
namespace {

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_string(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}

std::uint64_t aligned(std::uint64_t size) {
  return (size + GgufWriter::kAlignment - 1) / GgufWriter::kAlignment * GgufWriter::kAlignment;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

base::Error io_error(const std::string& path, const char* what) {
  const int error = errno;
  return {base::ErrorCode::kIo, path + ": " + what + ": " + std::generic_category().message(error),
          path};
}

}  // namespace

void GgufWriter::begin_entry(std::string_view key, GgufType type) {
  ++entry_count_;
  put_string(entries_, key);
  put(entries_, type);
}

void GgufWriter::add_text(std::string_view key, std::string_view value) {
  begin_entry(key, GgufType::kString);
  put_string(entries_, value);
}

void GgufWriter::add_uint32(std::string_view key, std::uint32_t value) {
  begin_entry(key, GgufType::kUint32);
  put(entries_, value);
}

void GgufWriter::add_float32(std::string_view key, float value) {
  begin_entry(key, GgufType::kFloat32);
  put(entries_, value);
}

void GgufWriter::add_bool(std::string_view key, bool value) {
  begin_entry(key, GgufType::kBool);
  put(entries_, static_cast<std::uint8_t>(value));
}

void GgufWriter::add_texts(std::string_view key, const std::vector<std::string>& values) {
  begin_entry(key, GgufType::kArray);
  put(entries_, GgufType::kString);
  put(entries_, std::uint64_t{values.size()});
  for (const std::string& value : values) put_string(entries_, value);
}

void GgufWriter::add_int32s(std::string_view key, const std::vector<std::int32_t>& values) {
  begin_entry(key, GgufType::kArray);
  put(entries_, GgufType::kInt32);
  put(entries_, std::uint64_t{values.size()});
  for (const std::int32_t value : values) put(entries_, value);
}

void GgufWriter::add_tensor(std::string_view name, std::vector<std::uint64_t> shape,
                            kernels::WeightType type, TensorSource source) {
  const kernels::WeightTypeTraits* traits = kernels::weight_type_traits(type);
  assert(traits != nullptr && !shape.empty() && shape[0] % traits->block_size == 0);
  std::uint64_t bytes = shape[0] / traits->block_size * traits->block_bytes;
  for (std::size_t i = 1; i < shape.size(); ++i) bytes *= shape[i];
  tensors_.push_back({.name = std::string(name),
                      .shape = std::move(shape),
                      .type = type,
                      .offset = data_bytes_,
                      .bytes = bytes,
                      .source = std::move(source)});
  data_bytes_ += aligned(bytes);
}

std::string GgufWriter::header() const {
  std::string out = "GGUF";
  put(out, std::uint32_t{3});
  put(out, std::uint64_t{tensors_.size()});
  put(out, entry_count_);
  out += entries_;
  for (const Tensor& tensor : tensors_) {
    put_string(out, tensor.name);
    put(out, static_cast<std::uint32_t>(tensor.shape.size()));
    for (const std::uint64_t dimension : tensor.shape) put(out, dimension);
    put(out, tensor.type);
    put(out, tensor.offset);
  }
  out.resize(aligned(out.size()));
  return out;
}

base::Result<> GgufWriter::write(const std::string& path) const {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wbe"));
  if (file == nullptr) return io_error(path, "cannot create");
  const std::string head = header();
  bool good = std::fwrite(head.data(), 1, head.size(), file.get()) == head.size();
  std::vector<std::byte> data;
  for (const Tensor& tensor : tensors_) {
    if (!good) break;
    data.assign(aligned(tensor.bytes), std::byte{0});
    tensor.source(std::span(data).first(tensor.bytes));
    good = std::fwrite(data.data(), 1, data.size(), file.get()) == data.size();
  }
  if (!good || std::fflush(file.get()) != 0) {
    const base::Error error = io_error(path, "cannot write");
    std::remove(path.c_str());
    return error;
  }
  return {};
}

}  // namespace cromwell::model
