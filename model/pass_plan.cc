#include "model/pass_plan.h"

#include <algorithm>
#include <iterator>
#include <ratio>
#include <string>

#include "kernels/kernels.h"

namespace cromwell::model {
namespace {

base::Error defect(const std::string& what) {
  return {base::ErrorCode::kInternal, "batch: " + what};
}

// Too few shares are split until there are so many: a worker that was kept waiting then costs no
// more than one of them.
constexpr std::size_t kSharesPerThread = 4;
// Room for the partial results of at least so many segments of one token.
constexpr std::size_t kMinPartialSegments = 256;

constexpr int segments_of(int positions) {
  return (positions + kernels::kKvSegment - 1) / kernels::kKvSegment;
}

// What a token costs: its products, as much as attention to so many positions, and its attention.
constexpr std::int64_t kPositionsPerProducts = 1500;
constexpr std::int64_t cost_of(const BatchToken& token) {
  return kPositionsPerProducts + token.position;
}
using Unlike = std::ratio<5, 4>;  // of the dearest token to the mean, up to which parts are made
constexpr int kPartAlign = 4;     // tokens that the kernels take together

// True if `next` goes on where `token` ends.
bool continues(const BatchToken& token, const BatchToken& next) {
  return next.sequence == token.sequence && next.position == token.position + 1;
}

}  // namespace

PassPlan::PassPlan(const PassLimits& limits) : limits_(limits) {
  const auto tokens = static_cast<std::size_t>(limits.max_tokens);
  const auto kv_heads = static_cast<std::size_t>(limits.kv_heads);
  const auto threads = static_cast<std::size_t>(limits.threads);
  const auto segments = static_cast<std::size_t>(segments_of(limits.context));
  max_partials_ =
      kv_heads * static_cast<std::size_t>(limits.group) * std::max(segments, kMinPartialSegments);
  splits_.reserve(kSharesPerThread * threads);
  shares_.reserve(tokens * kv_heads + 2 * kSharesPerThread * threads);
  wanting_.reserve(tokens);
  parts_.reserve(threads);
}

base::Result<> PassPlan::make(const Batch& batch) {
  shares_.clear();
  splits_.clear();
  wanting_.clear();
  const auto& tokens = batch.tokens;
  if (tokens.size() > static_cast<std::size_t>(limits_.max_tokens)) {
    return defect(std::to_string(tokens.size()) + " tokens, expected at most " +
                  std::to_string(limits_.max_tokens));
  }
  CROMWELL_TRY(check_adapters(batch));
  make_parts(batch);
  for (std::size_t begin = 0, end = 0; begin < tokens.size(); begin = end) {
    for (end = begin; end < end_of_part(batch, begin); ++end) {
      if (end > begin && !continues(tokens[end - 1], tokens[end])) break;
      CROMWELL_TRY(check_token(batch, end));
      if (tokens[end].wants_logits) wanting_.push_back(static_cast<int>(end));
    }
    CROMWELL_TRY(check_pages(batch, tokens[end - 1]));
    add_shares(batch, begin, end);
  }
  // The longest first: what is shared out last then takes the least time.
  std::sort(shares_.begin(), shares_.end(), [](const AttentionShare& a, const AttentionShare& b) {
    return a.first_position > b.first_position;
  });
  if (parts_.empty()) split_shares();
  return {};
}

void PassPlan::make_parts(const Batch& batch) {
  parts_.clear();
  const auto tokens = static_cast<int>(batch.tokens.size());
  const int threads = limits_.threads;
  const int least = limits_.tokens_per_part;
  if (threads < 2 || least == 0 || tokens < least * threads) return;
  std::int64_t left = 0, dearest = 0;
  for (const BatchToken& token : batch.tokens) {
    left += cost_of(token);
    dearest = std::max(dearest, cost_of(token));
  }
  // Much attention of a few is better divided by segments.
  if (dearest * Unlike::den * tokens > left * Unlike::num) return;
  std::int64_t cost = 0;
  int begin = 0;
  for (int t = 0; t < tokens; ++t) {
    cost += cost_of(batch.tokens[static_cast<std::size_t>(t)]);
    const int parts_left = threads - static_cast<int>(parts_.size());
    if (parts_left == 1 || cost < left / parts_left) continue;
    const int end = std::min((t + 1 + kPartAlign / 2) / kPartAlign * kPartAlign, tokens);
    parts_.push_back({begin, end});
    begin = end;
    left -= cost;
    cost = 0;
  }
  parts_.push_back({begin, tokens});
  const bool empty = std::ranges::any_of(parts_, [](TokenRange p) { return p.size() <= 0; });
  if (empty || std::ssize(parts_) < threads) parts_.clear();
}

// Where the part that holds a token ends; there may be but one.
std::size_t PassPlan::end_of_part(const Batch& batch, std::size_t token) const {
  for (const TokenRange& part : parts_) {
    if (token < static_cast<std::size_t>(part.end)) return static_cast<std::size_t>(part.end);
  }
  return batch.tokens.size();
}

base::Result<> PassPlan::check_adapters(const Batch& batch) const {
  if (batch.adapters.empty()) return {};
  if (batch.adapters.size() != batch.page_tables.size()) {
    return defect(std::to_string(batch.adapters.size()) + " adapters for " +
                  std::to_string(batch.page_tables.size()) + " sequences");
  }
  for (const int adapter : batch.adapters) {
    if (adapter != kNoAdapter && (adapter < 0 || adapter >= limits_.adapters)) {
      return defect("adapter " + std::to_string(adapter) + " is none of the " +
                    std::to_string(limits_.adapters));
    }
  }
  return {};
}

base::Result<> PassPlan::check_token(const Batch& batch, std::size_t index) const {
  const BatchToken& token = batch.tokens[index];
  if (token.token < 0 || token.token >= limits_.vocab) {
    return defect("token " + std::to_string(token.token) + " is outside the vocabulary of " +
                  std::to_string(limits_.vocab));
  }
  if (token.position < 0 || token.position >= limits_.context) {
    return defect("position " + std::to_string(token.position) + " is outside the context of " +
                  std::to_string(limits_.context));
  }
  if (token.sequence < 0 || static_cast<std::size_t>(token.sequence) >= batch.page_tables.size()) {
    return defect("sequence " + std::to_string(token.sequence) + " has no page table");
  }
  return {};
}

base::Result<> PassPlan::check_pages(const Batch& batch, const BatchToken& last) const {
  const auto& table = batch.page_tables[static_cast<std::size_t>(last.sequence)];
  const auto needed = static_cast<std::size_t>(last.position / kPageTokens) + 1;
  if (table.size() < needed) {
    return defect("sequence " + std::to_string(last.sequence) + " has " +
                  std::to_string(table.size()) + " pages, expected " + std::to_string(needed));
  }
  for (const PageId page : table.first(needed)) {
    if (page < 0 || page >= limits_.pages) {
      return defect("page " + std::to_string(page) + " is outside the pool of " +
                    std::to_string(limits_.pages));
    }
  }
  return {};
}

void PassPlan::add_shares(const Batch& batch, std::size_t begin, std::size_t end) {
  for (std::size_t first = begin; first < end; first += kTokensPerShare) {
    const std::size_t count = std::min<std::size_t>(kTokensPerShare, end - first);
    AttentionShare share{.sequence = batch.tokens[first].sequence,
                         .first_token = static_cast<int>(first),
                         .n_tokens = static_cast<int>(count),
                         .first_position = batch.tokens[first].position};
    share.segments = share.segment_end = segments_of(share.last_position() + 1);
    for (share.kv_head = 0; share.kv_head < limits_.kv_heads; ++share.kv_head) {
      shares_.push_back(share);
    }
  }
}

// Only where the shares do not divide among the threads: combining partial results costs a little.
void PassPlan::split_shares() {
  const auto threads = static_cast<std::size_t>(limits_.threads);
  const std::size_t wanted = kSharesPerThread * threads;
  const std::size_t whole = shares_.size();
  if (whole == 0 || whole >= wanted || whole % threads == 0) return;
  partials_ = 0;
  const auto ways = static_cast<int>((wanted + whole - 1) / whole);
  for (std::size_t i = 0; i < whole; ++i) split(i, ways);
}

void PassPlan::split(std::size_t index, int ways) {
  const AttentionShare share = shares_[index];
  const int pieces = std::min(ways, share.segments);
  const auto partials = static_cast<std::size_t>(share.n_tokens * limits_.group) *
                        static_cast<std::size_t>(share.segments);
  if (pieces < 2 || partials_ + partials > max_partials_) return;
  AttentionShare piece = share;
  piece.split = static_cast<int>(splits_.size());
  for (int i = 0; i < pieces; ++i) {
    piece.segment_begin = share.segments * i / pieces;
    piece.segment_end = share.segments * (i + 1) / pieces;
    if (i == 0) {
      shares_[index] = piece;
    } else {
      shares_.push_back(piece);
    }
  }
  splits_.push_back({.shares = pieces, .first_partial = partials_});
  partials_ += partials;
}

}  // namespace cromwell::model
