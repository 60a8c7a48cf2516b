#include "tokenizer/spm.h"

#include <algorithm>
#include <charconv>
#include <queue>

#include "base/utf8.h"

namespace cromwell::tokenizer {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};
constexpr std::string_view kSpace = "▁";

}  // namespace

std::string bytes_of_piece(std::string_view piece) {
  std::string bytes;
  while (!piece.empty()) {
    const std::size_t mark = std::min(piece.find(kSpace), piece.size());
    bytes.append(piece.substr(0, mark));
    piece.remove_prefix(mark);
    if (piece.empty()) break;
    bytes.push_back(' ');
    piece.remove_prefix(kSpace.size());
  }
  return bytes;
}

std::optional<std::uint8_t> byte_of_piece(std::string_view piece) {
  constexpr std::string_view kStart = "<0x";
  if (piece.size() != 6 || !piece.starts_with(kStart) || piece.back() != '>') return std::nullopt;
  std::uint8_t byte = 0;
  const char* const first = piece.data() + kStart.size();
  const auto [end, error] = std::from_chars(first, first + 2, byte, 16);
  if (error != std::errc() || end != first + 2) return std::nullopt;
  return byte;
}

Spm::Spm(std::size_t vocab_size) : ids_(vocab_size), pieces_(vocab_size) { byte_ids_.fill(-1); }

void Spm::add_piece(std::string_view bytes, TokenId id, float score, bool unused) {
  if (!ids_.insert(bytes, id)) return;
  pieces_[static_cast<std::size_t>(id)] = {score, unused};
  longest_ = std::max(longest_, bytes.size());
}

void Spm::encode(std::string_view text, std::size_t offset, Encoding& out) const {
  if (text.empty()) return;
  std::vector<Symbol> symbols = split(text);
  const Halves halves = merge(symbols);
  for (std::uint32_t at = 0; at != kNone; at = symbols[at].next) {
    emit(symbols[at].text, halves, text, offset, out);
  }
}

// One symbol for each character.
std::vector<Spm::Symbol> Spm::split(std::string_view text) {
  std::vector<Symbol> symbols;
  symbols.reserve(text.size());
  while (!text.empty()) {
    const auto length = static_cast<std::size_t>(base::decode_utf8(text).length);
    const auto at = static_cast<std::uint32_t>(symbols.size());
    symbols.push_back({text.substr(0, length), at == 0 ? kNone : at - 1, at + 1});
    text.remove_prefix(length);
  }
  symbols.back().next = kNone;
  return symbols;
}

// Returns where each unused piece was put together.
Spm::Halves Spm::merge(std::vector<Symbol>& symbols) const {
  Halves halves;
  std::priority_queue<Candidate> heap;
  const auto consider = [&](std::uint32_t at) {
    if (at == kNone || symbols[at].next == kNone) return;
    const std::string_view left = symbols[at].text, right = symbols[symbols[at].next].text;
    const std::string_view both(left.data(), left.size() + right.size());
    const TokenId id = both.size() <= longest_ ? ids_.find(both) : -1;
    if (id < 0) return;
    const Piece& piece = pieces_[static_cast<std::size_t>(id)];
    heap.push({piece.score, at, both.size()});
    if (piece.unused) halves[both] = left.size();
  };
  for (std::uint32_t at = 0; at < symbols.size(); ++at) consider(at);

  while (!heap.empty()) {
    const Candidate best = heap.top();
    heap.pop();
    Symbol& left = symbols[best.at];
    if (left.text.empty() || left.next == kNone) continue;
    Symbol& right = symbols[left.next];
    if (left.text.size() + right.text.size() != best.size) continue;
    left.text = {left.text.data(), best.size};
    right.text = {};
    left.next = right.next;
    if (left.next != kNone) symbols[left.next].previous = best.at;
    consider(left.previous);
    consider(best.at);
  }
  return halves;
}

void Spm::emit(std::string_view part, const Halves& halves, std::string_view text,
               std::size_t offset, Encoding& out) const {
  std::vector<std::string_view> parts = {part};  // the next at the back
  while (!parts.empty()) {
    const std::string_view next = parts.back();
    parts.pop_back();
    const TokenId id = ids_.find(next);
    const bool used = id >= 0 && !pieces_[static_cast<std::size_t>(id)].unused;
    const auto cut = halves.find(next);
    if (used) {
      out.ids.push_back(id);
    } else if (id >= 0 && cut != halves.end()) {
      parts.push_back(next.substr(cut->second));
      parts.push_back(next.substr(0, cut->second));
    } else {
      emit_bytes(next, offset + static_cast<std::size_t>(next.data() - text.data()), out);
    }
  }
}

void Spm::emit_bytes(std::string_view part, std::size_t offset, Encoding& out) const {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const TokenId id = byte_ids_[static_cast<std::uint8_t>(part[i])];
    if (id >= 0) {
      out.ids.push_back(id);
    } else {
      out.unencodable.push_back(offset + i);
    }
  }
}

}  // namespace cromwell::tokenizer
