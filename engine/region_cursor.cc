#include "engine/region_cursor.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace cromwell::engine {
namespace {

constexpr int kTrustedRun = 3;        // so many tokens in a row are no accident
constexpr int kLongestLook = 16;      // tokens looked at to tell places apart
constexpr int kNearest = 64;          // places looked at on each side of the anchor
constexpr int kMostStrays = 4;        // after so many departures in a row the cursor is lost
constexpr int kUntrustedGuesses = 2;  // at run 0, twice as many for each token of a run
// What agrees with a place that the cursor jumps to, agreed before the departure: lines that look
// alike do so too. Half of such jumps are wrong, so a full draft has to be earned by guesses.
constexpr int kRunAfterJump = 1;
constexpr int kExchangesToTrust = 2;

// A token of agreement is worth a distance of a factor of 256, so that a place far away needs two
// tokens to win over one near by. Standing for itself: the place after one exchanged token.
constexpr double kAgreementWorth = 8;
constexpr double kExchangeWorth = 4;

}  // namespace

RegionCursor::RegionCursor(std::vector<TokenId> known, int prompt_tokens)
    : known_(std::move(known)),
      by_token_(known_.size()),
      prompt_tokens_(static_cast<std::size_t>(prompt_tokens)) {
  std::iota(by_token_.begin(), by_token_.end(), 0);
  std::stable_sort(by_token_.begin(), by_token_.end(),
                   [this](int a, int b) { return this->known(a) < this->known(b); });
  restart();
}

void RegionCursor::restart() {
  followed_ = 0;
  cursor_ = anchor_ = strays_ = 0;
  run_ = kTrustedRun;
  exchanges_.clear();
  exchange_.reset();
}

TokenId RegionCursor::expected(int place) const {
  const auto found = exchanges_.find(known(place));
  const bool is_exchanged = found != exchanges_.end() && found->second.times >= kExchangesToTrust;
  return is_exchanged ? found->second.to : known(place);
}

void RegionCursor::propose(std::span<const TokenId> text, int limit, std::vector<TokenId>& draft) {
  if (text.size() < prompt_tokens_) return;
  const Answer answer = text.subspan(prompt_tokens_);
  if (answer.size() < followed_) restart();  // it was rewound
  while (followed_ < answer.size()) follow(answer.first(++followed_));
  if (!cursor_) return;
  if (run_ < kTrustedRun) limit = std::min(limit, kUntrustedGuesses << run_);
  const int end = *cursor_ + std::min(limit, size() - *cursor_);
  for (int place = *cursor_; place < end; ++place) draft.push_back(expected(place));
}

void RegionCursor::follow(Answer answer) {
  const bool is_inside = cursor_ && *cursor_ < size();
  const TokenId token = answer.back();
  if (!is_inside || (token != known(*cursor_) && token != expected(*cursor_))) {
    return depart(answer);
  }
  if (token == known(*cursor_)) exchanges_.erase(token);
  note_exchange();
  ++*cursor_;
  strays_ = 0;
  if (++run_ >= kTrustedRun) anchor_ = *cursor_;
}

// The token before was exchanged, and the text goes on as it did: count it.
void RegionCursor::note_exchange() {
  if (!exchange_) return;
  Exchange& exchange = exchanges_[exchange_->first];
  if (exchange.to != exchange_->second) exchange = {.to = exchange_->second};
  ++exchange.times;
  exchange_.reset();
}

void RegionCursor::depart(Answer answer) {
  exchange_.reset();
  std::optional<int> best;
  double best_score = 0;
  if (cursor_ && *cursor_ < size() && ++strays_ <= kMostStrays) {
    best = *cursor_ + 1;
    best_score = kExchangeWorth;
    if (run_ > 0) exchange_ = {known(*cursor_), answer.back()};
  }
  const auto less = [this](int place, TokenId token) { return known(place) < token; };
  const auto begin = std::lower_bound(by_token_.begin(), by_token_.end(), answer.back(), less);
  const auto end = std::lower_bound(begin, by_token_.end(), answer.back() + 1, less);
  const auto middle = std::lower_bound(begin, end, anchor_);
  const auto first = middle - std::min<std::ptrdiff_t>(kNearest, middle - begin);
  const auto last = middle + std::min<std::ptrdiff_t>(kNearest, end - middle);
  bool is_exchange = true;
  for (auto it = first; it != last; ++it) {
    const double worth = score(answer, *it + 1);
    if (worth <= best_score) continue;
    best = *it + 1;
    best_score = worth;
    is_exchange = false;
  }
  cursor_ = best;
  run_ = 0;
  if (is_exchange || !best) return;
  exchange_.reset();
  strays_ = 0;
  const int agreed = agreement(answer, *best);
  run_ = std::min(agreed, kRunAfterJump);
  if (agreed >= kTrustedRun) anchor_ = *best;
}

int RegionCursor::agreement(Answer answer, int place) const {
  const int most = std::min({kLongestLook, place, static_cast<int>(answer.size())});
  int count = 0;
  while (count < most &&
         known(place - 1 - count) == answer[answer.size() - 1 - static_cast<std::size_t>(count)]) {
    ++count;
  }
  return count;
}

// Going back is less likely than leaving something out, and one token is no reason for it.
double RegionCursor::score(Answer answer, int place) const {
  const int distance = place - anchor_;
  const auto width = static_cast<double>(
      std::bit_width(static_cast<unsigned>(distance < 0 ? -distance : distance)));
  const double worth = kAgreementWorth * agreement(answer, place);
  return distance < 0 ? worth - kAgreementWorth - width : worth - width;
}

}  // namespace cromwell::engine
