// Byte pair merging of one piece: the two neighbours whose merge has the best rank, leftmost first,
// become one, until none can. Immutable after construction; any thread. Time is O(n log n) in the
// piece's length, so that a megabyte of one letter is no trouble.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

class Bpe {
 public:
  explicit Bpe(std::size_t merge_count);

  void set_byte(std::uint8_t byte, TokenId id) { byte_ids_[byte] = id; }
  TokenId byte_id(std::uint8_t byte) const { return byte_ids_[byte]; }

  // What stands for a byte without a token; without one such bytes are left out.
  void set_unknown(TokenId id) { unknown_ = id; }

  // A pair named twice has its last rank, as in Hugging Face tokenizers. Ids are >= 0.
  void add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId merged);

  // Appends the piece's ids. Bytes without a token are left out, or unknown; `offset` is the
  // piece's place in the text and names them in `unencodable`.
  void encode(std::string_view piece, std::size_t offset, Encoding& out) const;

 private:
  static constexpr std::size_t kShortPiece = 32;  // symbols; below, a plain loop beats a heap

  struct Merge {
    std::uint32_t rank = kNoRank;
    TokenId merged = -1;
  };
  static constexpr std::uint32_t kNoRank = 0xFFFFFFFF;
  struct Slot {
    std::uint64_t pair = kEmpty;
    Merge merge;
  };
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  static std::uint64_t key(TokenId left, TokenId right) {
    return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32) |
           static_cast<std::uint32_t>(right);
  }
  std::size_t slot_of(std::uint64_t pair) const {
    return static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15u) >> shift_);
  }
  Merge find(TokenId left, TokenId right) const;

  static void merge_short(const Bpe& bpe, std::array<TokenId, kShortPiece>& ids, std::size_t count,
                          std::vector<TokenId>& out);
  void merge_long(const std::vector<TokenId>& ids, std::vector<TokenId>& out) const;

  std::array<TokenId, 256> byte_ids_;
  std::vector<Slot> slots_;
  int shift_;
  TokenId unknown_ = -1;
};

}  // namespace cromwell::tokenizer
