// PassPlan: one batch taken apart into what the layers need: runs of consecutive positions, shares
// of attention, and the tokens that want logits. Made once for each pass, without allocation. A
// batch that breaks its rules (model/batch.h) is refused here, so that nothing below has to check.
#pragma once

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
};

// Query tokens of one sequence and one KV head, small enough to share out.
struct AttentionShare {
  int sequence = 0;
  int first_token = 0;  // index into the batch
  int n_tokens = 0;
  int first_position = 0;
  int kv_head = 0;
};

class PassPlan {
 public:
  static constexpr int kTokensPerShare = 16;

  explicit PassPlan(const PassLimits& limits);

  // kInternal, naming what the caller got wrong. The batch must outlive the plan's use.
  base::Result<> make(const Batch& batch);

  const std::vector<AttentionShare>& shares() const { return shares_; }
  const std::vector<int>& wanting() const { return wanting_; }  // indices into the batch

 private:
  base::Result<> check_token(const Batch& batch, std::size_t index) const;
  base::Result<> check_pages(const Batch& batch, const BatchToken& last) const;
  void add_shares(const Batch& batch, std::size_t begin, std::size_t end);

  PassLimits limits_;
  std::vector<AttentionShare> shares_;
  std::vector<int> wanting_;
};

}  // namespace cromwell::model
