// GgufJoiner: adds the tensors of a split model's other parts to its first, and refuses parts that
// are missing, given twice or of another model.
#include "model/gguf_parts.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "model/gguf.h"

namespace cromwell::model {
namespace {

constexpr std::string_view kFirst = "-00001-of-";
constexpr std::string_view kSuffix = ".gguf";
constexpr std::size_t kDigits = 5;

constexpr const char* kNumberKey = "split.no";
constexpr const char* kCountKey = "split.count";
constexpr const char* kTensorsKey = "split.tensors.count";
constexpr const char* kArchitectureKey = "general.architecture";

// "NAME" and the number of parts of "NAME-00001-of-00003.gguf".
struct PartName {
  std::string prefix;
  int count = 0;

  std::string path(int number) const {
    char text[32];
    std::snprintf(text, sizeof text, "-%05d-of-%05d.gguf", number + 1, count);
    return prefix + text;
  }
};

std::optional<PartName> parse_name(std::string_view path) {
  if (!path.ends_with(kSuffix)) return std::nullopt;
  path.remove_suffix(kSuffix.size());
  if (path.size() < kDigits + kFirst.size()) return std::nullopt;
  PartName name;
  for (const char digit : path.substr(path.size() - kDigits)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    name.count = name.count * 10 + (digit - '0');
  }
  path.remove_suffix(kDigits);
  if (!path.ends_with(kFirst)) return std::nullopt;
  name.prefix = path.substr(0, path.size() - kFirst.size());
  return name;
}

}  // namespace

std::vector<std::string> gguf_part_paths(const std::string& path) {
  const auto name = parse_name(path);
  std::vector<std::string> paths = {path};
  for (int i = 1; name && i < std::min(name->count, kMaxGgufParts); ++i) {
    paths.push_back(name->path(i));
  }
  return paths;
}

class GgufJoiner {
 public:
  explicit GgufJoiner(GgufFile& whole) : whole_(whole) {}

  base::Result<> join() {
    CROMWELL_ASSIGN(const std::uint64_t count, whole_.integer(kCountKey, 1));
    if (count <= 1) return {};
    CROMWELL_TRY(check_first(count));
    for (int i = 1; i < name_.count; ++i) CROMWELL_TRY(add_part(i));
    if (whole_.tensors_.size() != tensors_) {
      return whole_.key_error(kTensorsKey, "is " + std::to_string(tensors_) + ", but the " +
                                               std::to_string(name_.count) + " parts have " +
                                               std::to_string(whole_.tensors_.size()));
    }
    return {};
  }

 private:
  base::Result<> check_first(std::uint64_t count) {
    if (count > kMaxGgufParts) {
      return whole_.key_error(kCountKey, "is " + std::to_string(count) + ", expected at most " +
                                             std::to_string(kMaxGgufParts));
    }
    CROMWELL_ASSIGN(const std::uint64_t number, whole_.integer(kNumberKey));
    if (number != 0) {
      return whole_.key_error(kNumberKey, "is " + std::to_string(number) + ": this is part " +
                                              std::to_string(number + 1) + " of " +
                                              std::to_string(count) + ", expected the first");
    }
    CROMWELL_ASSIGN(tensors_, whole_.integer(kTensorsKey));
    const auto name = parse_name(whole_.path_);
    if (!name || static_cast<std::uint64_t>(name->count) != count) {
      name_.count = static_cast<int>(count);
      return whole_.key_error(
          kCountKey,
          "is " + std::to_string(count) + ", expected a file name that ends in " + name_.path(0));
    }
    name_ = *name;
    return {};
  }

  base::Result<> add_part(int number) {
    const std::string path = name_.path(number);
    auto opened = GgufFile::open_part(path);
    if (!opened) {
      base::Error error = std::move(opened).error();
      error.message = "part " + std::to_string(number + 1) + " of " + std::to_string(name_.count) +
                      " of the model: " + error.message;
      return error;
    }
    const std::shared_ptr<const GgufFile> part = std::move(*opened);
    CROMWELL_TRY(expect(*part, kNumberKey, static_cast<std::uint64_t>(number)));
    CROMWELL_TRY(expect(*part, kCountKey, static_cast<std::uint64_t>(name_.count)));
    CROMWELL_TRY(expect(*part, kTensorsKey, tensors_));
    CROMWELL_TRY(expect_architecture(*part));
    for (GgufTensor tensor : part->tensors_) {
      tensor.part = number;
      if (!whole_.tensor_index_.emplace(tensor.name, whole_.tensors_.size()).second) {
        return part->tensor_error(tensor.name, "is also in an earlier part");
      }
      whole_.tensors_.push_back(std::move(tensor));
    }
    whole_.other_parts_.push_back(part);
    return {};
  }

  base::Result<> expect(const GgufFile& part, const char* key, std::uint64_t expected) const {
    CROMWELL_ASSIGN(const std::uint64_t value, part.integer(key));
    if (value == expected) return {};
    return part.key_error(key, "is " + std::to_string(value) + ", expected " +
                                   std::to_string(expected) + " in this part of " + whole_.path_);
  }

  // Later parts need not say it.
  base::Result<> expect_architecture(const GgufFile& part) const {
    if (!part.has(kArchitectureKey)) return {};
    CROMWELL_ASSIGN(const std::string own, part.text(kArchitectureKey));
    CROMWELL_ASSIGN(const std::string expected, whole_.text(kArchitectureKey, ""));
    if (own == expected) return {};
    return part.key_error(kArchitectureKey, "is \"" + printable(own) + "\", expected \"" +
                                                printable(expected) + "\" as in " + whole_.path_);
  }

  GgufFile& whole_;
  PartName name_;
  std::uint64_t tensors_ = 0;  // of all parts
};

base::Result<std::shared_ptr<const GgufFile>> GgufFile::open(const std::string& path) {
  CROMWELL_ASSIGN(const std::shared_ptr<GgufFile> file, open_part(path));
  CROMWELL_TRY(GgufJoiner(*file).join());
  return std::shared_ptr<const GgufFile>(file);
}

}  // namespace cromwell::model
