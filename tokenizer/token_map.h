// TokenMap: text -> token id, an open-addressing table over strings that live elsewhere. Filled
// once, then const: any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace cromwell::tokenizer {

inline std::uint64_t hash_bytes(std::string_view text) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;
  const auto mix = [](std::uint64_t h, std::uint64_t word) {
    h = (h ^ word) * kOdd;
    return h ^ (h >> 29);
  };
  std::uint64_t h = mix(kOdd, text.size());
  const char* p = text.data();
  std::size_t left = text.size();
  std::uint64_t word = 0;
  for (; left >= 8; p += 8, left -= 8) {
    std::memcpy(&word, p, 8);
    h = mix(h, word);
  }
  if (left > 0) {
    word = 0;
    for (std::size_t i = 0; i < left; ++i) word = (word << 8) | static_cast<std::uint8_t>(p[i]);
    h = mix(h, word);
  }
  return h * kOdd;
}

class TokenMap {
 public:
  explicit TokenMap(std::size_t capacity = 0)
      : slots_(std::bit_ceil(capacity * 2 + 2)), mask_(slots_.size() - 1) {}

  // False if the text is there already. `text` must outlive the map; at most `capacity` of them.
  bool insert(std::string_view text, std::int32_t id) {
    const std::uint64_t hash = hash_bytes(text);
    std::size_t at = (hash >> 20) & mask_;
    for (; slots_[at].id >= 0; at = (at + 1) & mask_) {
      if (slots_[at].check == check_of(hash) && slots_[at].text() == text) return false;
    }
    slots_[at] = {text.data(), static_cast<std::uint32_t>(text.size()), check_of(hash), id};
    return true;
  }

  // The id, or -1.
  std::int32_t find(std::string_view text) const {
    const std::uint64_t hash = hash_bytes(text);
    for (std::size_t at = (hash >> 20) & mask_; slots_[at].id >= 0; at = (at + 1) & mask_) {
      if (slots_[at].check == check_of(hash) && slots_[at].text() == text) return slots_[at].id;
    }
    return -1;
  }

 private:
  struct Slot {
    const char* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t check = 0;  // hash bits that do not choose the slot
    std::int32_t id = -1;
    std::string_view text() const { return {data, size}; }
  };
  static std::uint32_t check_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace cromwell::tokenizer
