#include "tokenizer/tokenizer.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/thread_pool.h"
#include "tokenizer/bpe.h"
#include "tokenizer/byte_alphabet.h"
#include "tokenizer/nfc.h"
#include "tokenizer/pre_tokenizer.h"
#include "tokenizer/special_matcher.h"
#include "tokenizer/spm.h"
#include "tokenizer/token_map.h"

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kMaxTokens = std::size_t{1} << 24;
constexpr std::size_t kMaxMerges = std::size_t{1} << 24;
constexpr std::size_t kMaxAllSpecialBytes = std::size_t{1} << 20;
constexpr std::size_t kSharedBytes = std::size_t{256} << 10;  // of a text that threads share
constexpr std::size_t kPartBytes = std::size_t{64} << 10;     // what one of them takes at a time

base::Error bad(std::string where, std::string what) {
  std::string message = where + ": " + what;
  return {base::ErrorCode::kBadModel, std::move(message), std::move(where)};
}

// For messages: a hostile spelling must not flood a log line.
std::string shown(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  return '"' + std::string(text.substr(0, kShownBytes)) +
         (text.size() > kShownBytes ? "…\"" : "\"");
}

bool ends_generation(std::string_view spelling) {
  for (const std::string_view name :
       {"<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>",
        "<end_of_turn>", "<|EOT|>", "<EOT>", "<EOS>", "</s>", "<|end_of_sentence|>",
        "<｜end▁of▁sentence｜>",
        // What models of code write after the middle that they filled in, and "▁<EOT>".
        "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>", "<|file_separator|>", "▁<EOT>"}) {
    if (spelling == name) return true;
  }
  return false;
}

constexpr std::string_view kByteLevel = "gpt2";
constexpr std::string_view kSentencePiece = "llama";

}  // namespace

struct Tokenizer::Impl {
  Impl(Vocabulary vocab, PreTokenizer rule)
      : vocabulary(std::move(vocab)),
        pre_tokenizer(rule),
        bpe(vocabulary.merges.size()),
        by_spelling(vocabulary.tokens.size()),
        by_bytes(vocabulary.tokens.size()),
        shortcuts(vocabulary.tokens.size()),
        ignore_merges(vocabulary.ignore_merges.value_or(pre_tokenizer.ignores_merges())) {
    if (vocabulary.emit_unk && vocabulary.unk) bpe.set_unknown(*vocabulary.unk);
    if (vocabulary.model == kSentencePiece) spm.emplace(vocabulary.tokens.size());
  }

  TokenKind kind(std::size_t id) const {
    return vocabulary.kinds.empty() ? TokenKind::kNormal : vocabulary.kinds[id];
  }
  base::Result<> check_sizes() const;
  base::Result<> check_ids() const;
  base::Result<> read_tokens();
  base::Result<> read_special(std::size_t id, const std::string& where);
  base::Result<> check_scores() const;
  base::Result<> read_piece(std::size_t id, const std::string& where);
  void read_word(std::size_t id);
  base::Result<> read_merges();
  SpecialMatcher::Match find_special(std::string_view text, std::size_t from,
                                     bool parse_special) const;
  void encode_sentence(std::string_view text, std::size_t offset, bool starts, Encoding& out) const;
  void encode_text(std::string_view text, std::size_t offset, Encoding& out) const;
  void encode_words(std::string_view text, std::size_t offset, Encoding& out) const;
  void encode_shared(std::string_view text, std::size_t offset, Encoding& out) const;
  std::vector<std::string_view> parts_of(std::string_view text) const;
  bool is_shortcut(TokenId id, std::string_view piece) const;

  // A piece that is a token's bytes is that token, if merging says so too. Asked once per token:
  // an answer is a pure function of the vocabulary, so threads may race to write it.
  enum Shortcut : std::uint8_t { kNotAsked, kYes, kNo };

  Vocabulary vocabulary;
  PreTokenizer pre_tokenizer;
  Bpe bpe;
  std::optional<Spm> spm;          // instead of pre_tokenizer and bpe
  std::size_t special_bytes = 0;   // of all in the matchers
  TokenMap by_spelling;            // all tokens
  TokenMap by_bytes;               // those that merging may produce
  std::vector<std::string> texts;  // [vocab_size]: the bytes of each
  SpecialMatcher always;           // user-defined tokens: taken out of every text
  SpecialMatcher with_special;     // those, unless SentencePiece, and the control tokens
  std::vector<bool> ends;          // [vocab_size]: end of generation
  mutable std::vector<std::atomic<std::uint8_t>> shortcuts;  // [vocab_size] of Shortcut
  bool ignore_merges;
};

base::Result<> Tokenizer::Impl::check_sizes() const {
  const Vocabulary& v = vocabulary;
  if (v.tokens.empty() || v.tokens.size() > kMaxTokens) {
    return bad("tokenizer.ggml.tokens", std::to_string(v.tokens.size()) +
                                            " tokens, expected 1 to " + std::to_string(kMaxTokens));
  }
  if (v.merges.size() > kMaxMerges) {
    return bad("tokenizer.ggml.merges", std::to_string(v.merges.size()) + " merges, at most " +
                                            std::to_string(kMaxMerges) + " are supported");
  }
  if (!v.kinds.empty() && v.kinds.size() != v.tokens.size()) {
    return bad("tokenizer.ggml.token_type", std::to_string(v.kinds.size()) + " entries, expected " +
                                                std::to_string(v.tokens.size()));
  }
  for (std::size_t id = 0; id < v.kinds.size(); ++id) {
    const int value = static_cast<int>(v.kinds[id]);
    if (value < 1 || value > 6) {
      return bad("tokenizer.ggml.token_type", "token " + std::to_string(id) + " has type " +
                                                  std::to_string(value) + ", expected 1 to 6");
    }
  }
  return {};
}

base::Result<> Tokenizer::Impl::check_ids() const {
  const struct {
    const char* name;
    std::optional<TokenId> id;
  } named[] = {{"bos", vocabulary.bos},
               {"eos", vocabulary.eos},
               {"eot", vocabulary.eot},
               {"unknown", vocabulary.unk},
               {"padding", vocabulary.pad}};
  for (const auto& [name, id] : named) {
    if (id && (*id < 0 || static_cast<std::size_t>(*id) >= vocabulary.tokens.size())) {
      return bad("tokenizer.ggml." + std::string(name) + "_token_id",
                 std::to_string(*id) + " is not a token, expected 0 to " +
                     std::to_string(vocabulary.tokens.size() - 1));
    }
  }
  return {};
}

base::Result<> Tokenizer::Impl::read_tokens() {
  const std::size_t count = vocabulary.tokens.size();
  texts.resize(count);
  ends.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& spelling = vocabulary.tokens[i];
    const auto id = static_cast<TokenId>(i);
    if (spelling.empty()) continue;  // a hole in the numbering: never produced
    const std::string where = "token " + std::to_string(i);
    if (!by_spelling.insert(spelling, id)) {
      return bad(where,
                 shown(spelling) + " is also token " + std::to_string(by_spelling.find(spelling)));
    }
    if (spm) {
      CROMWELL_TRY(read_piece(i, where));
    } else {
      read_word(i);
    }
    CROMWELL_TRY(read_special(i, where));
  }
  for (const auto& id : {vocabulary.eos, vocabulary.eot}) {
    if (id) ends[static_cast<std::size_t>(*id)] = true;
  }
  return {};
}

// A byte-level token's bytes.
void Tokenizer::Impl::read_word(std::size_t id) {
  const std::string& spelling = vocabulary.tokens[id];
  std::optional<std::string> bytes;
  if (kind(id) == TokenKind::kNormal) bytes = bytes_of_spelling(spelling);
  texts[id] = bytes.value_or(spelling);
  if (!bytes) return;
  const auto token = static_cast<TokenId>(id);
  if (bytes->size() == 1) bpe.set_byte(static_cast<std::uint8_t>(bytes->front()), token);
  by_bytes.insert(texts[id], token);
}

// A SentencePiece token's bytes.
base::Result<> Tokenizer::Impl::read_piece(std::size_t id, const std::string& where) {
  const std::string& spelling = vocabulary.tokens[id];
  const auto token = static_cast<TokenId>(id);
  if (kind(id) == TokenKind::kByte) {
    const auto byte = byte_of_piece(spelling);
    if (!byte) return bad(where, shown(spelling) + ", expected a byte as \"<0x0A>\"");
    texts[id].assign(1, static_cast<char>(*byte));
    spm->set_byte(*byte, token);
    return {};
  }
  const bool is_text = kind(id) != TokenKind::kControl && kind(id) != TokenKind::kUnknown;
  texts[id] = is_text ? bytes_of_piece(spelling) : spelling;
  if (!is_text || kind(id) == TokenKind::kUserDefined) return {};
  if (texts[id].size() > kMaxPieceBytes) {
    return bad(where, shown(spelling) + " has " + std::to_string(texts[id].size()) +
                          " bytes, expected at most " + std::to_string(kMaxPieceBytes));
  }
  by_bytes.insert(texts[id], token);
  spm->add_piece(texts[id], token, vocabulary.scores[id], kind(id) == TokenKind::kUnused);
  return {};
}

base::Result<> Tokenizer::Impl::read_special(std::size_t id, const std::string& where) {
  const bool is_control = kind(id) == TokenKind::kControl || kind(id) == TokenKind::kUnknown;
  if (!is_control && kind(id) != TokenKind::kUserDefined) return {};
  const std::string& text = texts[id];
  special_bytes += text.size();
  if (text.size() > kMaxSpecialTokenBytes || special_bytes > kMaxAllSpecialBytes) {
    return bad(where, "special tokens may be " + std::to_string(kMaxSpecialTokenBytes) +
                          " bytes long, " + std::to_string(kMaxAllSpecialBytes) + " all together");
  }
  // SentencePiece looks for user-defined tokens after the dummy prefix is put.
  if (is_control || !spm) with_special.add(text, static_cast<TokenId>(id));
  if (!is_control) always.add(text, static_cast<TokenId>(id));
  ends[id] = ends_generation(vocabulary.tokens[id]);
  return {};
}

base::Result<> Tokenizer::Impl::check_scores() const {
  const std::vector<float>& scores = vocabulary.scores;
  if (scores.size() != vocabulary.tokens.size()) {
    return bad("tokenizer.ggml.scores", std::to_string(scores.size()) + " entries, expected " +
                                            std::to_string(vocabulary.tokens.size()));
  }
  for (std::size_t id = 0; id < scores.size(); ++id) {
    if (!std::isfinite(scores[id])) {
      return bad("tokenizer.ggml.scores", "the score of token " + std::to_string(id) + " is " +
                                              std::to_string(scores[id]) +
                                              ", expected a finite number");
    }
  }
  return {};
}

base::Result<> Tokenizer::Impl::read_merges() {
  std::string joined;
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i) {
    const std::string_view merge = vocabulary.merges[i];
    const std::string where = "merge " + std::to_string(i);
    const std::size_t space = merge.find(' ');
    if (space == std::string_view::npos || merge.find(' ', space + 1) != std::string_view::npos) {
      return bad(where, shown(merge) + ", expected two tokens with one space between");
    }
    const std::string_view left = merge.substr(0, space), right = merge.substr(space + 1);
    joined.assign(left).append(right);
    const TokenId ids[] = {by_spelling.find(left), by_spelling.find(right),
                           by_spelling.find(joined)};
    for (std::size_t part = 0; part < 3; ++part) {
      if (ids[part] >= 0) continue;
      const std::string_view missing = part == 0 ? left : part == 1 ? right : joined;
      return bad(where, shown(merge) + ": " + shown(missing) + " is not a token");
    }
    // Text must never turn into a control token, so a merge that would make one is not taken.
    const TokenKind made = kind(static_cast<std::size_t>(ids[2]));
    if (made == TokenKind::kControl || made == TokenKind::kUnknown) continue;
    bpe.add_merge(ids[0], ids[1], static_cast<std::uint32_t>(i), ids[2]);
  }
  return {};
}

bool Tokenizer::Impl::is_shortcut(TokenId id, std::string_view piece) const {
  if (ignore_merges) return true;
  std::atomic<std::uint8_t>& state = shortcuts[static_cast<std::size_t>(id)];
  const std::uint8_t known = state.load(std::memory_order_relaxed);
  if (known != kNotAsked) return known == kYes;
  Encoding merged;
  bpe.encode(piece, 0, merged);
  const bool is_same =
      merged.unencodable.empty() && merged.ids.size() == 1 && merged.ids.front() == id;
  state.store(is_same ? kYes : kNo, std::memory_order_relaxed);
  return is_same;
}

SpecialMatcher::Match Tokenizer::Impl::find_special(std::string_view text, std::size_t from,
                                                    bool parse_special) const {
  if (parse_special) return with_special.find(text, from);
  return spm ? SpecialMatcher::Match{} : always.find(text, from);
}

// A stretch of text between special tokens.
void Tokenizer::Impl::encode_text(std::string_view text, std::size_t offset, Encoding& out) const {
  std::string changed;
  if (vocabulary.normalize_nfc && !is_nfc_quick(text)) {
    changed = normalize_nfc(text);
    text = changed;
  }
  if (vocabulary.add_prefix_space && !text.empty() && text.front() != ' ') {
    changed.assign(" ").append(std::string(text));
    text = changed;
  }
  if (text.size() >= kSharedBytes) {
    encode_shared(text, offset, out);
  } else {
    encode_words(text, offset, out);
  }
}

void Tokenizer::Impl::encode_words(std::string_view text, std::size_t offset, Encoding& out) const {
  pre_tokenizer.split(text, [&](std::string_view piece) {
    const TokenId whole = by_bytes.find(piece);
    if (whole >= 0 && is_shortcut(whole, piece)) {
      out.ids.push_back(whole);
      return;
    }
    bpe.encode(piece, offset + static_cast<std::size_t>(piece.data() - text.data()), out);
  });
}

// Parts that do not depend on each other, one after the other.
std::vector<std::string_view> Tokenizer::Impl::parts_of(std::string_view text) const {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(begin + kPartBytes, text.size());
    while (end < text.size() && !pre_tokenizer.may_cut(text, end)) ++end;
    parts.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return parts;
}

void Tokenizer::Impl::encode_shared(std::string_view text, std::size_t offset,
                                    Encoding& out) const {
  const std::vector<std::string_view> parts = parts_of(text);
  std::vector<Encoding> encodings(parts.size());
  base::ForkJoinPool pool(parts.size() > 1 ? base::usable_cores() : 1);
  pool.share(static_cast<int>(parts.size()), [&](int share, int) {
    const std::string_view part = parts[static_cast<std::size_t>(share)];
    Encoding& encoding = encodings[static_cast<std::size_t>(share)];
    encoding.ids.reserve(part.size() / 3);
    encode_words(part, offset + static_cast<std::size_t>(part.data() - text.data()), encoding);
  });
  for (const Encoding& one : encodings) {
    out.ids.insert(out.ids.end(), one.ids.begin(), one.ids.end());
    out.unencodable.insert(out.unencodable.end(), one.unencodable.begin(), one.unencodable.end());
  }
}

// A whole text, or what stands between two control tokens of one.
void Tokenizer::Impl::encode_sentence(std::string_view text, std::size_t offset, bool starts,
                                      Encoding& out) const {
  if (text.empty()) return;
  const bool has_prefix = starts && vocabulary.add_dummy_prefix;
  const std::string prefixed = has_prefix ? " " + std::string(text) : std::string();
  if (has_prefix) text = prefixed;
  const std::size_t first_bad = out.unencodable.size();
  for (std::size_t at = 0; at < text.size();) {
    const SpecialMatcher::Match match = always.find(text, at);
    const std::size_t end = match.id < 0 ? text.size() : match.begin;
    spm->encode(text.substr(at, end - at), offset + at, out);
    if (match.id >= 0) out.ids.push_back(match.id);
    at = end + match.size;
  }
  if (!has_prefix) return;
  for (std::size_t i = first_bad; i < out.unencodable.size(); ++i) {
    if (out.unencodable[i] > offset) --out.unencodable[i];
  }
}

base::Result<std::shared_ptr<const Tokenizer>> Tokenizer::create(Vocabulary vocabulary) {
  const bool is_sentence_piece = vocabulary.model == kSentencePiece;
  if (!is_sentence_piece && vocabulary.model != kByteLevel) {
    return bad("tokenizer.ggml.model",
               shown(vocabulary.model) +
                   " is not supported, expected \"gpt2\" (byte-level BPE) or \"llama\" "
                   "(SentencePiece)");
  }
  const bool is_spelt_out = is_sentence_piece || (vocabulary.pre_tokenizer.empty() &&
                                                  !vocabulary.pre_tokenizer_steps.empty());
  CROMWELL_ASSIGN(PreTokenizer pre_tokenizer,
                  is_spelt_out ? PreTokenizer::create(vocabulary.pre_tokenizer_steps)
                               : PreTokenizer::create(vocabulary.pre_tokenizer));
  auto impl = std::make_unique<Impl>(std::move(vocabulary), pre_tokenizer);
  CROMWELL_TRY(impl->check_sizes());
  CROMWELL_TRY(impl->check_ids());
  if (is_sentence_piece) CROMWELL_TRY(impl->check_scores());
  CROMWELL_TRY(impl->read_tokens());
  if (!is_sentence_piece) CROMWELL_TRY(impl->read_merges());
  return std::shared_ptr<const Tokenizer>(new Tokenizer(std::move(impl)));
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

Encoding Tokenizer::encode(std::string_view text, const EncodeOptions& options) const {
  Encoding out;
  out.ids.reserve(text.size() / 3 + 2);
  if (options.add_bos && impl_->vocabulary.add_bos && impl_->vocabulary.bos) {
    out.ids.push_back(*impl_->vocabulary.bos);
  }
  bool starts = !options.continues;
  for (std::size_t at = 0; at < text.size();) {
    const SpecialMatcher::Match match = impl_->find_special(text, at, options.parse_special);
    const std::size_t end = match.id < 0 ? text.size() : match.begin;
    const std::string_view plain = text.substr(at, end - at);
    if (impl_->spm) {
      impl_->encode_sentence(plain, at, starts, out);
    } else {
      impl_->encode_text(plain, at, out);
    }
    if (match.id >= 0) out.ids.push_back(match.id);
    starts = true;
    at = end + match.size;
  }
  if (options.add_eos && impl_->vocabulary.add_eos && impl_->vocabulary.eos) {
    out.ids.push_back(*impl_->vocabulary.eos);
  }
  return out;
}

std::string_view Tokenizer::bytes(TokenId id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= impl_->texts.size()) return {};
  return impl_->texts[static_cast<std::size_t>(id)];
}

std::string Tokenizer::decode(const std::vector<TokenId>& ids, bool with_special) const {
  std::string text;
  bool starts = impl_->vocabulary.add_dummy_prefix;
  for (const TokenId id : ids) {
    std::string_view part = bytes(id);
    const bool special = is_special(id);
    if (starts && !special && part.starts_with(' ')) part.remove_prefix(1);
    starts = special && impl_->vocabulary.add_dummy_prefix;
    if (with_special || !special) text.append(part);
  }
  return text;
}

int Tokenizer::vocab_size() const { return static_cast<int>(impl_->texts.size()); }

bool Tokenizer::is_special(TokenId id) const {
  if (id < 0 || id >= vocab_size()) return false;
  const TokenKind kind = impl_->kind(static_cast<std::size_t>(id));
  return kind == TokenKind::kControl || kind == TokenKind::kUnknown;
}

bool Tokenizer::is_end_of_generation(TokenId id) const {
  return id >= 0 && id < vocab_size() && impl_->ends[static_cast<std::size_t>(id)];
}

std::optional<TokenId> Tokenizer::find(std::string_view spelling) const {
  if (const TokenId id = impl_->by_spelling.find(spelling); id >= 0) {
    const TokenKind kind = impl_->kind(static_cast<std::size_t>(id));
    if (kind != TokenKind::kNormal) return id;
  }
  if (const TokenId id = impl_->by_bytes.find(spelling); id >= 0) return id;
  return std::nullopt;
}

const Vocabulary& Tokenizer::vocabulary() const { return impl_->vocabulary; }

}  // namespace cromwell::tokenizer
