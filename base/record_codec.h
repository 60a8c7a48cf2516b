// The form of what is kept in the state folder: sections of length-prefixed fields, each section
// with its own SHA-256, so that a damaged one is known before anything in it is believed. Pure.
//
//   section  8 bytes magic · u64 payload size, little-endian · 64 hex digits of its hash · payload
//   field    u64 little-endian, or u64 size and that many bytes
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cromwell::base {

inline constexpr std::size_t kSectionHeaderBytes = 8 + 8 + 64;

class FieldWriter {
 public:
  FieldWriter& number(std::uint64_t value);
  FieldWriter& text(std::string_view value);
  // `magic` has 8 characters.
  std::string section(std::string_view magic) const;

 private:
  std::string payload_;
};

// Reads what FieldWriter wrote. After a field that is not there, ok() is false and every field is
// 0 or empty.
class FieldReader {
 public:
  explicit FieldReader(std::string_view payload) : left_(payload) {}
  std::uint64_t number();
  std::string text();
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && left_.empty(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

// The payload of the section at the front of `bytes`, which is taken off. kIo where magic, size or
// hash is wrong.
Result<std::string_view> take_section(std::string_view magic, std::string_view& bytes);
// The payload size that a section's header claims; kIo if the magic is wrong.
Result<std::uint64_t> section_size(std::string_view magic, std::string_view header);

}  // namespace cromwell::base
