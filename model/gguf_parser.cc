// GgufParser: fills a GgufFile from bytes and refuses whatever is not exactly as the format says.
// All arithmetic on numbers of the file is compared with what remains of it before it is used.
#include <algorithm>
#include <bit>
#include <limits>

#include "model/gguf.h"
#include "model/gguf_cursor.h"

namespace cromwell::model {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr std::uint64_t kDefaultAlignment = 32;
constexpr std::uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;             // key, type, value
constexpr std::uint64_t kMinTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;  // name, ndim, dim, type, offset

// a * b, or nothing if it does not fit.
std::optional<std::uint64_t> multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

}  // namespace

class GgufParser {
 public:
  GgufParser(GgufFile& file, std::string_view bytes)
      : file_(file), cursor_(bytes, file.path_), size_(bytes.size()) {}

  base::Result<> parse() {
    CROMWELL_TRY(header());
    for (std::uint64_t i = 0; i < key_count_; ++i) CROMWELL_TRY(entry(i));
    CROMWELL_TRY(alignment());
    for (std::uint64_t i = 0; i < tensor_count_; ++i) CROMWELL_TRY(tensor_info(i));
    CROMWELL_TRY(place_tensors());
    return refuse_overlaps();
  }

 private:
  base::Result<> header() {
    CROMWELL_ASSIGN(const std::string_view magic, cursor_.take(kMagic.size(), "the magic number"));
    if (magic != kMagic) return cursor_.error("is not a GGUF file: the magic number is missing");
    CROMWELL_ASSIGN(file_.version_, cursor_.number<std::uint32_t>("the version"));
    if (file_.version_ != 3) {
      const bool swapped = (file_.version_ & 0xffffU) == 0;
      return cursor_.error("GGUF version " + std::to_string(file_.version_) + ", expected 3" +
                           (swapped ? " (a big-endian file?)" : ""));
    }
    CROMWELL_ASSIGN(tensor_count_, cursor_.number<std::uint64_t>("the tensor count"));
    CROMWELL_ASSIGN(key_count_, cursor_.number<std::uint64_t>("the key count"));
    if (tensor_count_ > GgufLimits::kMaxTensors ||
        tensor_count_ > cursor_.remaining() / kMinTensorBytes) {
      return cursor_.error("claims " + std::to_string(tensor_count_) +
                           " tensors, more than the file or the limit of " +
                           std::to_string(GgufLimits::kMaxTensors) + " can hold");
    }
    if (key_count_ > GgufLimits::kMaxKeys || key_count_ > cursor_.remaining() / kMinKeyBytes) {
      return cursor_.error("claims " + std::to_string(key_count_) +
                           " keys, more than the file or the limit of " +
                           std::to_string(GgufLimits::kMaxKeys) + " can hold");
    }
    return {};
  }

  base::Result<> entry(std::uint64_t index) {
    const std::string what = "key " + std::to_string(index);
    CROMWELL_ASSIGN(const std::string_view key, cursor_.string("the name of " + what));
    if (key.empty() || key.size() > GgufLimits::kMaxKeyBytes) {
      return cursor_.error("the name of " + what + " has " + std::to_string(key.size()) +
                           " bytes, expected 1 to " + std::to_string(GgufLimits::kMaxKeyBytes));
    }
    const std::string shown = "key " + printable(key);
    GgufEntry entry{.key = std::string(key), .value = {}};
    CROMWELL_ASSIGN(const auto type, cursor_.number<std::uint32_t>(shown));
    entry.value.type = GgufType{type};
    if (entry.value.type == GgufType::kString) {
      CROMWELL_ASSIGN(entry.value.text, cursor_.string(shown));
    } else if (entry.value.type == GgufType::kArray) {
      CROMWELL_TRY(array(entry.value, shown));
    } else {
      CROMWELL_ASSIGN(entry.value.bits, scalar(entry.value.type, shown));
    }
    if (!file_.key_index_.emplace(entry.key, file_.metadata_.size()).second) {
      return cursor_.error(shown + ": appears twice");
    }
    file_.metadata_.push_back(std::move(entry));
    return {};
  }

  base::Result<std::uint64_t> scalar(GgufType type, const std::string& shown) {
    const std::size_t size = gguf_scalar_bytes(type);
    if (size == 0) return cursor_.error(shown + ": unknown value type " + gguf_type_name(type));
    CROMWELL_ASSIGN(const std::string_view bytes, cursor_.take(size, shown));
    if (type == GgufType::kBool) CROMWELL_TRY(check_bools(bytes, shown));
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes.data(), size);
    return bits;
  }

  base::Result<> check_bools(std::string_view bytes, const std::string& shown) {
    for (const char c : bytes) {
      if (c != 0 && c != 1) {
        return cursor_.error(shown + ": a bool is " +
                             std::to_string(static_cast<unsigned char>(c)) + ", expected 0 or 1");
      }
    }
    return {};
  }

  base::Result<> array(GgufValue& value, const std::string& shown) {
    CROMWELL_ASSIGN(const auto type, cursor_.number<std::uint32_t>(shown));
    CROMWELL_ASSIGN(value.count, cursor_.number<std::uint64_t>(shown));
    value.element_type = GgufType{type};
    const std::uint64_t begin = cursor_.position();
    CROMWELL_TRY(skip_elements(value.element_type, value.count, shown, 1));
    value.payload = cursor_.since(begin);
    return {};
  }

  base::Result<> skip_elements(GgufType type, std::uint64_t count, const std::string& shown,
                               int depth) {
    const std::size_t scalar_bytes = gguf_scalar_bytes(type);
    const bool nests = type == GgufType::kArray;
    if (scalar_bytes == 0 && !nests && type != GgufType::kString) {
      return cursor_.error(shown + ": unknown element type " + gguf_type_name(type));
    }
    if (depth > GgufLimits::kMaxArrayDepth) {
      return cursor_.error(shown + ": arrays nested deeper than " +
                           std::to_string(GgufLimits::kMaxArrayDepth));
    }
    const std::uint64_t least_bytes = nests ? 12 : scalar_bytes == 0 ? 8 : scalar_bytes;
    if (count > cursor_.remaining() / least_bytes) {
      return cursor_.error(shown + ": " + std::to_string(count) + " elements of " +
                           gguf_type_name(type) + " do not fit in the file");
    }
    if (scalar_bytes > 0) {
      CROMWELL_ASSIGN(const auto bytes, cursor_.take(count * scalar_bytes, shown));
      return type == GgufType::kBool ? check_bools(bytes, shown) : base::Result<>{};
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (nests) {
        CROMWELL_ASSIGN(const auto inner, cursor_.number<std::uint32_t>(shown));
        CROMWELL_ASSIGN(const auto inner_count, cursor_.number<std::uint64_t>(shown));
        CROMWELL_TRY(skip_elements(GgufType{inner}, inner_count, shown, depth + 1));
      } else {
        CROMWELL_TRY(cursor_.string(shown));
      }
    }
    return {};
  }

  base::Result<> alignment() {
    CROMWELL_ASSIGN(alignment_, file_.integer(kAlignmentKey, kDefaultAlignment));
    if (!std::has_single_bit(alignment_) || alignment_ < GgufLimits::kMinAlignment ||
        alignment_ > GgufLimits::kMaxAlignment) {
      return file_.key_error(kAlignmentKey, "is " + std::to_string(alignment_) +
                                                ", expected a power of two from " +
                                                std::to_string(GgufLimits::kMinAlignment) + " to " +
                                                std::to_string(GgufLimits::kMaxAlignment));
    }
    return {};
  }

  base::Result<> tensor_info(std::uint64_t index) {
    const std::string what = "tensor " + std::to_string(index);
    CROMWELL_ASSIGN(const std::string_view name, cursor_.string("the name of " + what));
    if (name.empty() || name.size() > GgufLimits::kMaxTensorNameBytes) {
      return cursor_.error("the name of " + what + " has " + std::to_string(name.size()) +
                           " bytes, expected 1 to " +
                           std::to_string(GgufLimits::kMaxTensorNameBytes));
    }
    const std::string shown = "tensor " + printable(name);
    GgufTensor tensor{.name = std::string(name)};
    CROMWELL_ASSIGN(tensor.dimensions, cursor_.number<std::uint32_t>(shown));
    if (tensor.dimensions < 1 || tensor.dimensions > GgufLimits::kMaxDimensions) {
      return file_.tensor_error(name, std::to_string(tensor.dimensions) +
                                          " dimensions, expected 1 to " +
                                          std::to_string(GgufLimits::kMaxDimensions));
    }
    for (std::uint32_t i = 0; i < tensor.dimensions; ++i) {
      CROMWELL_ASSIGN(tensor.shape[i], cursor_.number<std::uint64_t>(shown));
    }
    CROMWELL_ASSIGN(const auto type, cursor_.number<std::uint32_t>(shown));
    CROMWELL_ASSIGN(tensor.offset, cursor_.number<std::uint64_t>(shown));
    tensor.type = kernels::WeightType{type};
    CROMWELL_TRY(measure(tensor));
    if (!file_.tensor_index_.emplace(tensor.name, file_.tensors_.size()).second) {
      return file_.tensor_error(name, "appears twice");
    }
    file_.tensors_.push_back(std::move(tensor));
    return {};
  }

  // Checks type and shape and computes tensor.bytes.
  base::Result<> measure(GgufTensor& tensor) const {
    const auto* traits = kernels::weight_type_traits(tensor.type);
    if (traits == nullptr) {
      return file_.tensor_error(
          tensor.name, "type " + tensor_type_name(static_cast<std::uint32_t>(tensor.type)) +
                           " is not supported");
    }
    constexpr auto kMaxDimension =
        static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
    std::optional<std::uint64_t> rows = 1;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
      if (tensor.shape[i] == 0 || tensor.shape[i] > kMaxDimension) {
        return file_.tensor_error(tensor.name, "dimension " + std::to_string(i) + " is " +
                                                   std::to_string(tensor.shape[i]) +
                                                   ", expected 1 to " +
                                                   std::to_string(kMaxDimension));
      }
      if (i > 0 && rows) rows = multiply(*rows, tensor.shape[i]);
    }
    if (!rows || *rows > kMaxDimension) {
      return file_.tensor_error(tensor.name,
                                "has more than " + std::to_string(kMaxDimension) + " rows");
    }
    if (tensor.shape[0] % traits->block_size != 0) {
      return file_.tensor_error(tensor.name, "row of " + std::to_string(tensor.shape[0]) +
                                                 " elements, expected a multiple of " +
                                                 std::to_string(traits->block_size) + " for " +
                                                 traits->name);
    }
    // Below 2^31 rows of below 2^31 elements of at most 4 bytes: cannot overflow.
    tensor.bytes = *rows * (tensor.shape[0] / traits->block_size * traits->block_bytes);
    return {};
  }

  // Turns offsets within the data section into offsets within the file.
  base::Result<> place_tensors() {
    const std::uint64_t header_end = cursor_.position();
    const std::uint64_t data_begin = (header_end + alignment_ - 1) & ~(alignment_ - 1);
    for (GgufTensor& tensor : file_.tensors_) {
      if (tensor.offset % alignment_ != 0) {
        return file_.tensor_error(tensor.name, "offset " + std::to_string(tensor.offset) +
                                                   ", expected a multiple of " +
                                                   std::to_string(alignment_));
      }
      const std::uint64_t room = size_ > data_begin ? size_ - data_begin : 0;
      if (tensor.offset > room || tensor.bytes > room - tensor.offset) {
        return file_.tensor_error(
            tensor.name, std::to_string(tensor.bytes) + " bytes at offset " +
                             std::to_string(tensor.offset) + " of the data, which has only " +
                             std::to_string(room) + " bytes (is the file truncated?)");
      }
      tensor.offset += data_begin;
    }
    return {};
  }

  base::Result<> refuse_overlaps() const {
    std::vector<const GgufTensor*> order;
    order.reserve(file_.tensors_.size());
    for (const GgufTensor& tensor : file_.tensors_) order.push_back(&tensor);
    std::sort(order.begin(), order.end(),
              [](const auto* a, const auto* b) { return a->offset < b->offset; });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (order[i - 1]->offset + order[i - 1]->bytes > order[i]->offset) {
        return file_.tensor_error(order[i]->name,
                                  "overlaps tensor " + printable(order[i - 1]->name));
      }
    }
    return {};
  }

  GgufFile& file_;
  GgufCursor cursor_;
  std::uint64_t size_ = 0;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t key_count_ = 0;
  std::uint64_t alignment_ = kDefaultAlignment;
};

base::Result<std::shared_ptr<const GgufFile>> GgufFile::parse(std::span<const std::byte> bytes,
                                                              std::string name) {
  std::shared_ptr<GgufFile> file(new GgufFile);
  file->path_ = std::move(name);
  file->bytes_ = bytes;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CROMWELL_TRY(GgufParser(*file, text).parse());
  return std::shared_ptr<const GgufFile>(std::move(file));
}

base::Result<std::shared_ptr<GgufFile>> GgufFile::open_part(const std::string& path) {
  CROMWELL_ASSIGN(auto mapping, base::MappedFile::open(path));
  std::shared_ptr<GgufFile> file(new GgufFile);
  file->path_ = path;
  file->bytes_ = mapping->bytes();
  file->mapping_ = std::move(mapping);
  const std::string_view text(reinterpret_cast<const char*>(file->bytes_.data()),
                              file->bytes_.size());
  CROMWELL_TRY(GgufParser(*file, text).parse());
  return file;
}

}  // namespace cromwell::model
