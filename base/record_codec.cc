#include "base/record_codec.h"

#include <cassert>

#include "base/hash.h"

namespace cromwell::base {
namespace {

constexpr std::size_t kMagicBytes = 8;
constexpr std::size_t kNumberBytes = 8;

void append_number(std::string& out, std::uint64_t value) {
  char bytes[kNumberBytes];
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    bytes[i] = static_cast<char>(value >> (8 * i) & 0xFF);
  }
  out.append(bytes, kNumberBytes);
}

std::uint64_t read_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kNumberBytes; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

FieldWriter& FieldWriter::number(std::uint64_t value) {
  append_number(payload_, value);
  return *this;
}

FieldWriter& FieldWriter::text(std::string_view value) {
  append_number(payload_, value.size());
  payload_ += value;
  return *this;
}

std::string FieldWriter::section(std::string_view magic) const {
  assert(magic.size() == kMagicBytes);
  std::string out(magic);
  append_number(out, payload_.size());
  return out.append(sha256_hex(payload_)).append(payload_);
}

std::uint64_t FieldReader::number() {
  ok_ = ok_ && left_.size() >= kNumberBytes;
  if (!ok_) return 0;
  const std::uint64_t value = read_number(left_);
  left_.remove_prefix(kNumberBytes);
  return value;
}

std::string FieldReader::text() {
  const std::uint64_t size = number();
  ok_ = ok_ && size <= left_.size();
  if (!ok_) return {};
  std::string value(left_.substr(0, size));
  left_.remove_prefix(size);
  return value;
}

Result<std::uint64_t> section_size(std::string_view magic, std::string_view header) {
  if (header.size() < kSectionHeaderBytes || !header.starts_with(magic)) {
    return Error{ErrorCode::kIo, "damaged: expected a section " + std::string(magic)};
  }
  return read_number(header.substr(kMagicBytes));
}

Result<std::string_view> take_section(std::string_view magic, std::string_view& bytes) {
  CROMWELL_ASSIGN(const std::uint64_t size, section_size(magic, bytes));
  const std::string_view hash =
      bytes.substr(kMagicBytes + kNumberBytes, kSectionHeaderBytes - kMagicBytes - kNumberBytes);
  const std::string_view payload = bytes.substr(kSectionHeaderBytes);
  if (payload.size() < size) {
    return Error{ErrorCode::kIo, "damaged: section " + std::string(magic) + " has " +
                                     std::to_string(payload.size()) + " bytes, expected " +
                                     std::to_string(size)};
  }
  if (sha256_hex(payload.substr(0, size)) != hash) {
    return Error{ErrorCode::kIo,
                 "damaged: section " + std::string(magic) + " does not match its hash"};
  }
  bytes = payload.substr(size);
  return payload.substr(0, size);
}

}  // namespace cromwell::base
