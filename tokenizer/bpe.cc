#include "tokenizer/bpe.h"

#include <algorithm>
#include <bit>
#include <queue>

namespace cromwell::tokenizer {

Bpe::Bpe(std::size_t merge_count) : slots_(std::bit_ceil(merge_count * 2 + 2)) {
  byte_ids_.fill(-1);
  shift_ = 64 - std::countr_zero(slots_.size());
}

void Bpe::add_merge(TokenId left, TokenId right, std::uint32_t rank, TokenId merged) {
  const std::uint64_t pair = key(left, right);
  std::size_t at = slot_of(pair);
  while (slots_[at].pair != kEmpty && slots_[at].pair != pair) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {pair, {rank, merged}};
}

Bpe::Merge Bpe::find(TokenId left, TokenId right) const {
  const std::uint64_t pair = key(left, right);
  std::size_t at = slot_of(pair);
  for (; slots_[at].pair != kEmpty; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].pair == pair) return slots_[at].merge;
  }
  return {};
}

void Bpe::encode(std::string_view piece, std::size_t offset, Encoding& out) const {
  std::array<TokenId, kShortPiece> few;
  std::vector<TokenId> many;
  const bool is_short = piece.size() <= kShortPiece;
  if (!is_short) many.reserve(piece.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    TokenId id = byte_ids_[static_cast<std::uint8_t>(piece[i])];
    if (id < 0) {
      out.unencodable.push_back(offset + i);
      id = unknown_;
    }
    if (id < 0) continue;
    if (is_short) {
      few[count++] = id;
    } else {
      many.push_back(id);
    }
  }
  if (is_short) {
    merge_short(*this, few, count, out.ids);
  } else {
    merge_long(many, out.ids);
  }
}

void Bpe::merge_short(const Bpe& bpe, std::array<TokenId, kShortPiece>& ids, std::size_t count,
                      std::vector<TokenId>& out) {
  std::array<Merge, kShortPiece> merges;  // [i]: of ids[i] and ids[i + 1]
  for (std::size_t i = 0; i + 1 < count; ++i) merges[i] = bpe.find(ids[i], ids[i + 1]);
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i) {
      if (merges[i].rank < merges[best].rank) best = i;
    }
    if (merges[best].rank == kNoRank) break;
    ids[best] = merges[best].merged;
    --count;
    for (std::size_t i = best + 1; i < count; ++i) {
      ids[i] = ids[i + 1];
      merges[i - 1] = merges[i];
    }
    if (best > 0) merges[best - 1] = bpe.find(ids[best - 1], ids[best]);
    if (best + 1 < count) merges[best] = bpe.find(ids[best], ids[best + 1]);
  }
  out.insert(out.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count));
}

void Bpe::merge_long(const std::vector<TokenId>& ids, std::vector<TokenId>& out) const {
  constexpr std::size_t kNone = ~std::size_t{0};
  struct Symbol {  // a doubly linked list; id < 0 once merged into its left neighbour
    TokenId id;
    std::size_t previous, next;
  };
  struct Candidate {
    std::uint32_t rank;
    std::size_t at;
    TokenId left, right, merged;
    bool operator<(const Candidate& other) const {  // the best on top of the heap
      return rank != other.rank ? rank > other.rank : at > other.at;
    }
  };
  std::vector<Symbol> symbols;
  symbols.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    symbols.push_back({ids[i], i == 0 ? kNone : i - 1, i + 1 == ids.size() ? kNone : i + 1});
  }
  std::priority_queue<Candidate> heap;
  const auto consider = [&](std::size_t at) {
    if (at == kNone || symbols[at].next == kNone) return;
    const TokenId left = symbols[at].id, right = symbols[symbols[at].next].id;
    const Merge merge = find(left, right);
    if (merge.rank != kNoRank) heap.push({merge.rank, at, left, right, merge.merged});
  };
  for (std::size_t i = 0; i < symbols.size(); ++i) consider(i);

  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    Symbol& left = symbols[best.at];
    // Stale if either side has been merged away or has grown since.
    if (left.id != best.left || left.next == kNone) continue;
    Symbol& right = symbols[left.next];
    if (right.id != best.right) continue;
    left.id = best.merged;
    right.id = -1;
    left.next = right.next;
    if (left.next != kNone) symbols[left.next].previous = best.at;
    consider(left.previous);
    consider(best.at);
  }
  for (const Symbol& symbol : symbols) {
    if (symbol.id >= 0) out.push_back(symbol.id);
  }
}

}  // namespace cromwell::tokenizer
