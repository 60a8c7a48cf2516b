#include "tokenizer/bpe_trainer.h"

#include <algorithm>
#include <array>
#include <queue>
#include <span>
#include <unordered_map>
#include <utility>

#include "tokenizer/byte_alphabet.h"
#include "tokenizer/pair_counts.h"

namespace cromwell::tokenizer {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

// The ids of the tokens so far and of their spellings.
class Tokens {
 public:
  explicit Tokens(const std::vector<std::string>& special) {
    for (const std::string& token : special) add(token);
    std::vector<std::string> alphabet;
    for (int byte = 0; byte < 256; ++byte) {
      alphabet.push_back(spelling_of_bytes(std::string(1, static_cast<char>(byte))));
    }
    std::vector<std::string> sorted = alphabet;  // of UTF-8: by code point
    std::sort(sorted.begin(), sorted.end());
    for (const std::string& spelling : sorted) add(spelling);
    for (std::size_t byte = 0; byte < 256; ++byte) byte_ids_[byte] = ids_.at(alphabet[byte]);
  }

  TokenId add(const std::string& spelling) {
    const auto [place, is_new] =
        ids_.try_emplace(spelling, static_cast<TokenId>(spellings_.size()));
    if (is_new) spellings_.push_back(spelling);
    return place->second;
  }
  TokenId of_byte(char byte) const { return byte_ids_[static_cast<std::uint8_t>(byte)]; }
  const std::string& spelling(TokenId id) const { return spellings_[static_cast<std::size_t>(id)]; }
  int size() const { return static_cast<int>(spellings_.size()); }
  std::vector<std::string> take() { return std::move(spellings_); }

 private:
  std::unordered_map<std::string, TokenId> ids_;
  std::vector<std::string> spellings_;
  std::array<TokenId, 256> byte_ids_{};
};

// The words as sequences of tokens, all in one array; a word shrinks in its place.
class Words {
 public:
  struct Word {
    std::size_t begin = 0;
    std::size_t length = 0;
    std::int64_t count = 0;
  };

  Words(const std::vector<WordCount>& counts, const Tokens& tokens) {
    for (const WordCount& entry : counts) {
      words_.push_back({ids_.size(), entry.word.size(), static_cast<std::int64_t>(entry.count)});
      for (const char byte : entry.word) ids_.push_back(tokens.of_byte(byte));
    }
  }

  std::size_t size() const { return words_.size(); }
  std::int64_t count(std::size_t word) const { return words_[word].count; }
  std::span<const TokenId> ids(std::size_t word) const {
    return {ids_.data() + words_[word].begin, words_[word].length};
  }

  // Each `pair` in the word, from the left, becomes `merged`; change(pair, +1 or -1) is called for
  // each pair with a neighbour that came or went.
  template <class Change>
  void merge(std::size_t word, Pair pair, TokenId merged, Change&& change) {
    TokenId* const ids = ids_.data() + words_[word].begin;
    const std::size_t length = words_[word].length;
    std::size_t to = 0;
    for (std::size_t from = 0; from < length; ++from, ++to) {
      if (from + 1 == length || ids[from] != pair.left || ids[from + 1] != pair.right) {
        ids[to] = ids[from];
        continue;
      }
      if (to > 0) {
        change(Pair{ids[to - 1], pair.left}, -1);
        change(Pair{ids[to - 1], merged}, +1);
      }
      ++from;
      if (from + 1 < length) {
        change(Pair{pair.right, ids[from + 1]}, -1);
        change(Pair{merged, ids[from + 1]}, +1);
      }
      ids[to] = merged;
    }
    words_[word].length = to;
  }

 private:
  std::vector<Word> words_;
  std::vector<TokenId> ids_;
};

// A pair that may become a token, and the words where it was seen; the best on top of the queue.
struct Candidate {
  std::int64_t count = 0;
  Pair pair;
  std::size_t places = 0;  // index of its list of words

  bool operator<(const Candidate& other) const {
    if (count != other.count) return count < other.count;
    return std::pair(pair.left, pair.right) > std::pair(other.pair.left, other.pair.right);
  }
};

class Trainer {
 public:
  Trainer(const std::vector<WordCount>& counts, const BpeTraining& training)
      : training_(training), tokens_(training.special), words_(counts, tokens_) {}

  Result<Vocabulary> run() {
    if (tokens_.size() > training_.vocab_size) {
      return Error{.code = ErrorCode::kInvalidRequest,
                   .message = "vocab_size: " + std::to_string(training_.vocab_size) +
                              ", expected at least " + std::to_string(tokens_.size()) +
                              " (the special tokens and the 256 bytes)",
                   .param = "vocab_size"};
    }
    count_pairs();
    while (tokens_.size() < training_.vocab_size && !queue_.empty()) {
      Candidate best = queue_.top();
      queue_.pop();
      const std::int64_t count = counts_.count(best.pair);
      if (count != best.count) {  // it has become rarer since it was queued
        best.count = count;
        queue_.push(best);
        continue;
      }
      if (count < 1 || static_cast<std::uint64_t>(count) < training_.min_count) break;
      merge(best);
      if (!training_.progress(tokens_.size())) {
        return Error{.code = ErrorCode::kCancelled, .message = "the training was interrupted"};
      }
    }
    return vocabulary();
  }

 private:
  void count_pairs() {
    PairLists found;
    for (std::size_t word = 0; word < words_.size(); ++word) {
      const std::span<const TokenId> ids = words_.ids(word);
      for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
        const Pair pair{ids[i], ids[i + 1]};
        counts_.add(pair, words_.count(word));
        found.add(pair, word);
      }
    }
    queue(found);
  }

  void merge(const Candidate& best) {
    const std::string &left = tokens_.spelling(best.pair.left),
                      &right = tokens_.spelling(best.pair.right);
    merges_.push_back(left + " " + right);
    const TokenId merged = tokens_.add(left + right);
    PairLists found;
    for (const std::uint32_t word : std::exchange(places_[best.places], {})) {
      const std::int64_t count = words_.count(word);
      words_.merge(word, best.pair, merged, [&](Pair pair, int change) {
        counts_.add(pair, change * count);
        if (change > 0) found.add(pair, word);
      });
    }
    queue(found);
  }

  void queue(PairLists& found) {
    for (auto& [pair, words] : found.lists()) {
      const std::int64_t count = counts_.count(pair);
      if (count <= 0) continue;
      queue_.push({count, pair, places_.size()});
      places_.push_back(std::move(words));
    }
  }

  Vocabulary vocabulary() {
    Vocabulary result;
    result.pre_tokenizer = training_.pre_tokenizer;
    result.kinds.assign(static_cast<std::size_t>(tokens_.size()), TokenKind::kNormal);
    std::fill_n(result.kinds.begin(), training_.special.size(), TokenKind::kControl);
    result.tokens = tokens_.take();
    result.merges = std::move(merges_);
    result.ignore_merges = false;
    return result;
  }

  const BpeTraining& training_;
  Tokens tokens_;
  Words words_;
  PairCounts counts_;
  std::priority_queue<Candidate> queue_;
  std::vector<std::vector<std::uint32_t>> places_;
  std::vector<std::string> merges_;
};

}  // namespace

Result<Vocabulary> train_bpe(const std::vector<WordCount>& words, const BpeTraining& training) {
  return Trainer(words, training).run();
}

}  // namespace cromwell::tokenizer
