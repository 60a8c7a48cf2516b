// AttentionStep: the attention of one layer over all tokens of a pass, its shares taken by the
// workers in turn, or over a part's, by one of them. Owns what the shares need beside their inputs:
// lists of blocks and the partial results of work that is split. run() is the engine thread's,
// run_part() a worker's; a pass's result does not depend on who computes what.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "model/batch.h"
#include "model/config.h"
#include "model/kv_pages.h"
#include "model/pass_plan.h"

namespace cromwell::model {

class AttentionStep {
 public:
  // All keep their addresses while this lives; `plan` and `batch` are of the pass in progress.
  AttentionStep(const ModelConfig& config, const kernels::Kernels& kernels, const KvPages& pages,
                const PassPlan& plan, int context, int threads);

  // out = softmax(q k / sqrt(head_dim)) v; q, out: [tokens, heads, head_dim]
  void run(const Batch& batch, int layer, const float* q, float* out, base::ForkJoinPool& pool);
  // The same for the tokens of one of the plan's parts, by a worker of the pool.
  void run_part(const Batch& batch, int layer, const float* q, float* out, TokenRange part,
                int worker);

 private:
  struct Layer {
    const Batch& batch;
    int index;
    const float* q;
    float* out;
  };

  void compute(const AttentionShare& share, const Layer& layer, int worker);
  kernels::AttentionArgs arguments(const AttentionShare& share, const Layer& layer, int worker);

  const ModelConfig& config_;
  const kernels::Kernels& kernels_;
  const KvPages& pages_;
  const PassPlan& plan_;
  const std::size_t max_blocks_;
  std::vector<const std::byte*> blocks_;  // [threads, K and V, max_blocks]
  std::unique_ptr<float[]> partials_;     // [plan.max_partials(), attention_partial(head_dim)]
  std::unique_ptr<std::atomic<int>[]> finished_;  // shares, of each split
};

}  // namespace cromwell::model
