// PassPlan: one batch taken apart into what the layers need: runs of consecutive positions, shares
// of attention, and the tokens that want logits. Made once for each pass, without allocation. A
// batch that breaks its rules (model/batch.h) is refused here, so that nothing below has to check.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "model/batch.h"

namespace cromwell::model {

struct PassLimits {
  int max_tokens = 0;
  int vocab = 0;
  int context = 0;
  int pages = 0;
  int kv_heads = 0;
  int group = 0;  // query heads per KV head
  int threads = 0;
  int tokens_per_part = 0;  // that a thread needs to be as well off with its own alone; 0: never
  int adapters = 0;
};

// Query tokens of one sequence and one KV head, small enough to share out. Where that makes too few
// shares for the threads, several split the segments of one such piece of work between them.
struct AttentionShare {
  int sequence = 0;
  int first_token = 0;  // index into the batch
  int n_tokens = 0;
  int first_position = 0;
  int kv_head = 0;
  int segments = 0;  // of the last token
  int segment_begin = 0;
  int segment_end = 0;
  int split = kWhole;  // index into PassPlan::splits()

  static constexpr int kWhole = -1;
  int last_position() const { return first_position + n_tokens - 1; }
};

// Tokens [begin, end) of the batch.
struct TokenRange {
  int begin = 0;
  int end = 0;
  int size() const { return end - begin; }
};

// One piece of work that several shares compute: the last to finish combines their results.
struct AttentionSplit {
  int shares = 0;
  std::size_t first_partial = 0;  // (query, segment) results before this one's
};

class PassPlan {
 public:
  static constexpr int kTokensPerShare = 16;

  explicit PassPlan(const PassLimits& limits);

  // kInternal, naming what the caller got wrong. The batch must outlive the plan's use.
  base::Result<> make(const Batch& batch);

  const std::vector<AttentionShare>& shares() const { return shares_; }
  const std::vector<AttentionSplit>& splits() const { return splits_; }
  const std::vector<int>& wanting() const { return wanting_; }  // indices into the batch
  // One for each thread where there are tokens enough that cost about the same, else none. No share
  // of attention belongs to two, and none is split.
  const std::vector<TokenRange>& parts() const { return parts_; }

  // What splits() may need at most: their number, and (query, segment) results of all.
  std::size_t max_splits() const { return splits_.capacity(); }
  std::size_t max_partials() const { return max_partials_; }

 private:
  base::Result<> check_adapters(const Batch& batch) const;
  base::Result<> check_token(const Batch& batch, std::size_t index) const;
  base::Result<> check_pages(const Batch& batch, const BatchToken& last) const;
  void make_parts(const Batch& batch);
  std::size_t end_of_part(const Batch& batch, std::size_t token) const;
  void add_shares(const Batch& batch, std::size_t begin, std::size_t end);
  void split_shares();
  void split(std::size_t index, int ways);

  PassLimits limits_;
  std::size_t max_partials_ = 0;
  std::size_t partials_ = 0;  // in use by splits_
  std::vector<AttentionShare> shares_;
  std::vector<AttentionSplit> splits_;
  std::vector<int> wanting_;
  std::vector<TokenRange> parts_;
};

}  // namespace cromwell::model
