// The ranges that decide the scales of activations (activation_panel.h), alike for all instruction
// sets. Inlined always: a copy compiled for one of them must not serve another.
#pragma once

namespace cromwell::kernels {

// A range whose scale would be below the normal numbers, and lose its precision, or above them
// counts as zero.
[[gnu::always_inline]] inline float usable_range(float range) {
  constexpr float kLeast = 127 * 0x1p-126f;
  constexpr float kLargest = 0x1.fffffep127f;
  return range >= kLeast && range <= kLargest ? range : 0;
}

// The mean of the ranges that are at most `most`, in four sums by turns.
[[gnu::always_inline]] inline float mean_range(const float* ranges, int blocks, float most) {
  constexpr int kSums = 4;
  float sums[kSums] = {};
  float counts[kSums] = {};
  const auto add = [&](int b, int i) {  // no branch: which blocks count cannot be foretold
    sums[i] += ranges[b] <= most ? ranges[b] : 0;
    counts[i] += ranges[b] <= most ? 1.0f : 0;
  };
  int b = 0;
  for (; b + kSums <= blocks; b += kSums) {
    for (int i = 0; i < kSums; ++i) add(b + i, i);
  }
  for (int i = 0; b < blocks; ++i, ++b) add(b, i);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) /
         ((counts[0] + counts[1]) + (counts[2] + counts[3]));
}

// The mean without the blocks that have more than twice the mean of all.
[[gnu::always_inline]] inline float usual_range(const float* ranges, int blocks) {
  constexpr float kLargest = 0x1.fffffep127f;
  return mean_range(ranges, blocks, 2 * mean_range(ranges, blocks, kLargest));
}

// What a block adds to its group's range: all of its own, or what its second entry leaves.
[[gnu::always_inline]] inline float range_in_group(float range, float limit) {
  return range > limit ? range / 127.0f / 2 : range;
}

}  // namespace cromwell::kernels
