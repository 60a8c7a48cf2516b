#include "model/gguf_writer.h"

#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>

#include "base/file_io.h"

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

// Publishes the temporary file as `name`; one that is there is replaced or kept.
int publish(base::FileSystem& files, int folder, const std::string& temp, const std::string& name,
            GgufWriter::Existing existing) {
  const unsigned flags = existing == GgufWriter::Existing::kKeep ? RENAME_NOREPLACE : 0;
  const auto rename = [&](unsigned with) {
    return base::without_eintr([&] { return files.rename_at(folder, temp, name, with); });
  };
  const int done = rename(flags);
  // A file system without RENAME_NOREPLACE: callers have looked before, that must do.
  return done != 0 && errno == EINVAL && flags != 0 ? rename(0) : done;
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

void GgufWriter::add_bools(std::string_view key, const std::vector<bool>& values) {
  begin_entry(key, GgufType::kArray);
  put(entries_, GgufType::kBool);
  put(entries_, std::uint64_t{values.size()});
  for (const bool value : values) put(entries_, static_cast<std::uint8_t>(value));
}

void GgufWriter::add_float32s(std::string_view key, const std::vector<float>& values) {
  begin_entry(key, GgufType::kArray);
  put(entries_, GgufType::kFloat32);
  put(entries_, std::uint64_t{values.size()});
  for (const float value : values) put(entries_, value);
}

void GgufWriter::add_int32s(std::string_view key, const std::vector<std::int32_t>& values) {
  begin_entry(key, GgufType::kArray);
  put(entries_, GgufType::kInt32);
  put(entries_, std::uint64_t{values.size()});
  for (const std::int32_t value : values) put(entries_, value);
}

void GgufWriter::add_value(std::string_view key, const GgufValue& value) {
  begin_entry(key, value.type);
  if (value.type == GgufType::kString) {
    put_string(entries_, value.text);
  } else if (value.type == GgufType::kArray) {
    put(entries_, value.element_type);
    put(entries_, value.count);
    entries_ += value.payload;
  } else {
    entries_.append(reinterpret_cast<const char*>(&value.bits), gguf_scalar_bytes(value.type));
  }
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

base::Result<> GgufWriter::write_content(base::FileSystem& files, int fd,
                                         const std::string& path) const {
  CROMWELL_TRY(base::write_all(files, fd, header(), path));
  std::string data;
  for (const Tensor& tensor : tensors_) {
    data.assign(aligned(tensor.bytes), '\0');
    CROMWELL_TRY(tensor.source(std::as_writable_bytes(std::span(data)).first(tensor.bytes)));
    CROMWELL_TRY(base::write_all(files, fd, data, path));
  }
  return base::sync(files, fd, path);
}

base::Result<> GgufWriter::write(const std::string& path, Existing existing) const {
  return write(path, existing, *base::posix_file_system());
}

base::Result<> GgufWriter::write(const std::string& path, Existing existing,
                                 base::FileSystem& files) const {
  constexpr mode_t kModelFile = 0666;  // less the umask: a model is no secret
  const std::size_t slash = path.rfind('/');
  const std::string folder_path = path.substr(0, slash + 1) + ".";  // npos + 1 is 0
  const std::string name = path.substr(slash + 1);
  const base::FileDescriptor folder(base::without_eintr(
      [&] { return files.open_at(AT_FDCWD, folder_path, O_RDONLY | O_DIRECTORY, 0); }));
  if (!folder) return base::errno_error(folder_path, errno);
  const std::string temp = ".cromwell-" + std::to_string(::getpid()) + ".tmp";
  const base::FileDescriptor fd(base::without_eintr(
      [&] { return files.open_at(folder.get(), temp, O_WRONLY | O_CREAT | O_EXCL, kModelFile); }));
  if (!fd) return base::errno_error("cannot create " + folder_path + "/" + temp, errno);
  auto done = write_content(files, fd.get(), path);
  if (done && publish(files, folder.get(), temp, name, existing) != 0) {
    done = base::errno_error(path, errno);
  }
  if (!done) {
    files.unlink_at(folder.get(), temp);
    return done;
  }
  return base::sync(files, folder.get(), path);
}

}  // namespace cromwell::model
