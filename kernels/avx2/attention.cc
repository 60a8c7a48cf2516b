#include "kernels/vector/attention.h"

#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector.h"

namespace cromwell::kernels::avx2 {
namespace {

using OfHalves = vector::Attention<Vector, vector::HalfBlock<Vector>>;
using OfInt8 = vector::Attention<Vector, vector::Int8Block<Vector>>;

}  // namespace

void attention(const AttentionArgs& args) {
  return args.kv_type == KvType::kF16 ? OfHalves::run(args) : OfInt8::run(args);
}

void store_kv(KvType type, const float* k, const float* v, int head_dim, int slot,
              std::byte* k_block, std::byte* v_block) {
  vector::KvStore<Vector>::store(type, k, v, head_dim, slot, k_block, v_block);
}

void combine_segments(const AttentionArgs& args) { OfHalves::combine(args); }

}  // namespace cromwell::kernels::avx2
