// SentencePiece's byte pair encoding of one text: the two neighbours whose union is the piece with
// the best score, leftmost first, become one, until none can; a character that is no piece becomes
// byte tokens. Immutable after construction; any thread. Of a text of n bytes O(n) pairs of
// neighbours are looked at, each in the time of hashing at most kMaxPieceBytes and of a heap.
// Pieces are given as the bytes they stand for: "▁the" as " the". So a space of the text is a space
// here, and a real U+2581 in it is no space: it becomes bytes and comes back as it was, where
// SentencePiece itself would turn it into a space.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/token_map.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

// Bounds the work per pair of neighbours; a longer piece is refused when a vocabulary loads.
inline constexpr std::size_t kMaxPieceBytes = 1024;

// "▁the" -> " the".
std::string bytes_of_piece(std::string_view piece);
// "<0x0A>" -> 10; none for another form.
std::optional<std::uint8_t> byte_of_piece(std::string_view piece);

class Spm {
 public:
  explicit Spm(std::size_t vocab_size);

  // `bytes` are at most kMaxPieceBytes and must outlive this. Of two pieces with the same bytes the
  // first counts. An unused piece may be a step of merging, but is taken apart again, at last into
  // bytes, where it is the result.
  void add_piece(std::string_view bytes, TokenId id, float score, bool unused);
  void set_byte(std::uint8_t byte, TokenId id) { byte_ids_[byte] = id; }

  // Appends the text's ids. Bytes without a token are left out; `offset` is the text's place in
  // a larger one and names them in `unencodable`.
  void encode(std::string_view text, std::size_t offset, Encoding& out) const;

 private:
  struct Piece {
    float score = 0;
    bool unused = false;
  };
  // A part of the text in a doubly linked list; empty once it is merged into its left neighbour.
  struct Symbol {
    std::string_view text;
    std::uint32_t previous, next;
  };
  struct Candidate {
    float score;
    std::uint32_t at;
    std::size_t size;  // of both symbols; another size means that either has changed since
    bool operator<(const Candidate& other) const {  // the best on top of the heap
      return score != other.score ? score < other.score : at > other.at;
    }
  };
  using Halves = std::map<std::string_view, std::size_t>;  // an unused piece -> size of its left

  static std::vector<Symbol> split(std::string_view text);
  Halves merge(std::vector<Symbol>& symbols) const;
  void emit(std::string_view part, const Halves& halves, std::string_view text, std::size_t offset,
            Encoding& out) const;
  void emit_bytes(std::string_view part, std::size_t offset, Encoding& out) const;

  TokenMap ids_;
  std::vector<Piece> pieces_;  // [vocab_size]
  std::size_t longest_ = 0;    // bytes of a piece
  std::array<TokenId, 256> byte_ids_;
};

}  // namespace cromwell::tokenizer
