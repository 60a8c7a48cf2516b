#include "model/attention_step.h"

namespace cromwell::model {

AttentionStep::AttentionStep(const ModelConfig& config, const kernels::Kernels& kernels,
                             const KvPages& pages, const PassPlan& plan, int context, int threads)
    : config_(config),
      kernels_(kernels),
      pages_(pages),
      plan_(plan),
      max_blocks_(static_cast<std::size_t>((context + kPageTokens - 1) / kPageTokens)),
      blocks_(static_cast<std::size_t>(threads) * 2 * max_blocks_),
      // Not cleared: it becomes memory only where work is split.
      partials_(std::make_unique_for_overwrite<float[]>(
          plan.max_partials() *
          static_cast<std::size_t>(kernels::attention_partial(config.head_dim)))),
      finished_(std::make_unique<std::atomic<int>[]>(plan.max_splits())) {}

void AttentionStep::run(const Batch& batch, int layer, const float* q, float* out,
                        base::ForkJoinPool& pool) {
  const Layer inputs{batch, layer, q, out};
  const auto& shares = plan_.shares();
  pool.share(static_cast<int>(shares.size()), [&](int share, int worker) {
    compute(shares[static_cast<std::size_t>(share)], inputs, worker);
  });
}

void AttentionStep::run_part(const Batch& batch, int layer, const float* q, float* out,
                             TokenRange part, int worker) {
  const Layer inputs{batch, layer, q, out};
  for (const AttentionShare& share : plan_.shares()) {
    if (share.first_token < part.begin || share.first_token >= part.end) continue;
    compute(share, inputs, worker);
  }
}

void AttentionStep::compute(const AttentionShare& share, const Layer& layer, int worker) {
  const kernels::AttentionArgs args = arguments(share, layer, worker);
  kernels_.attention(args);
  if (share.split == AttentionShare::kWhole) return;
  const auto split = static_cast<std::size_t>(share.split);
  std::atomic<int>& finished = finished_[split];
  if (finished.fetch_add(1, std::memory_order_acq_rel) + 1 < plan_.splits()[split].shares) return;
  finished.store(0, std::memory_order_relaxed);  // for the next layer, which a barrier precedes
  kernels_.combine_segments(args);
}

kernels::AttentionArgs AttentionStep::arguments(const AttentionShare& share, const Layer& layer,
                                                int worker) {
  const std::byte** k_blocks = blocks_.data() + static_cast<std::size_t>(worker) * 2 * max_blocks_;
  const std::byte** v_blocks = k_blocks + max_blocks_;
  const auto& table = layer.batch.page_tables[static_cast<std::size_t>(share.sequence)];
  for (std::size_t b = 0; b <= static_cast<std::size_t>(share.last_position() / kPageTokens); ++b) {
    k_blocks[b] = pages_.keys(table[b], layer.index, share.kv_head);
    v_blocks[b] = pages_.values(table[b], layer.index, share.kv_head);
  }
  const int group = config_.heads / config_.kv_heads;
  const std::ptrdiff_t first = std::ptrdiff_t{share.first_token} * config_.q_dim() +
                               std::ptrdiff_t{share.kv_head} * group * config_.head_dim;
  kernels::AttentionArgs args{.q = layer.q + first,
                              .q_stride = config_.q_dim(),
                              .out = layer.out + first,
                              .out_stride = config_.q_dim(),
                              .n_tokens = share.n_tokens,
                              .first_position = share.first_position,
                              .group = group,
                              .head_dim = config_.head_dim,
                              .window = config_.window(layer.index),
                              .scale = static_cast<float>(config_.attention_scale),
                              .kv_type = pages_.type(),
                              .k_blocks = k_blocks,
                              .v_blocks = v_blocks,
                              .segments = share.segments,
                              .segment_begin = share.segment_begin,
                              .segment_end = share.segment_end};
  if (share.split != AttentionShare::kWhole) {
    const AttentionSplit& split = plan_.splits()[static_cast<std::size_t>(share.split)];
    args.partials = partials_.get() +
                    split.first_partial *
                        static_cast<std::size_t>(kernels::attention_partial(config_.head_dim));
  }
  return args;
}

}  // namespace cromwell::model
