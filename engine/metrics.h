// Metrics: what an engine has done since it began, and what it holds now, as plain numbers. The
// engine thread counts; the mailbox hands out a copy, so that who reads them keeps nobody waiting.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace cromwell::engine {

// How many values were at most kBounds[i], and above kBounds[i - 1]; the last count: above all.
template <const auto& kBounds>
struct Histogram {
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double sum = 0;

  static constexpr const auto& bounds() { return kBounds; }
  void add(double value) {
    const auto place = std::lower_bound(kBounds.begin(), kBounds.end(), value);
    ++counts[static_cast<std::size_t>(place - kBounds.begin())];
    sum += value;
  }
  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t one : counts) all += one;
    return all;
  }
};

inline constexpr std::array<double, 8> kColumnBounds{1, 2, 4, 8, 16, 32, 64, 128};
inline constexpr std::array<double, 11> kStepMsBounds{1,   2,   5,   10,   20,  50,
                                                      100, 200, 500, 1000, 2000};

// Counted by the engine thread, since the start.
struct EngineCounters {
  std::uint64_t stopped = 0;           // generations that ended by themselves or at a stop string,
  std::uint64_t cut = 0;               // at their limit of tokens or time,
  std::uint64_t cancelled = 0;         // because somebody said so,
  std::uint64_t failed = 0;            // with an error
  std::uint64_t preempted = 0;         // times that one gave way to another
  std::uint64_t prompt_tokens = 0;     // of texts, computed (again, after giving way)
  std::uint64_t cached_tokens = 0;     // of prompts, found in memory
  std::uint64_t generated_tokens = 0;  // rewound ones too
  std::uint64_t draft_tokens = 0;      // guessed,
  std::uint64_t accepted_tokens = 0;   // and right;
  std::uint64_t model_draft_tokens = 0;  // of these, those of the draft model
  std::uint64_t model_accepted_tokens = 0;
  double decode_ms = 0, plain_ms = 0;  // of all Timings: their quotient is the multiple
  std::uint64_t evicted_pages = 0;     // of texts that nobody worked on
  Histogram<kColumnBounds> columns;    // tokens of each pass
  Histogram<kStepMsBounds> step_ms;    // a pass, and choosing its tokens
};

struct EngineStatus {
  bool healthy = true;  // false once the model has failed
  int running = 0;
  int queued = 0;
  int sessions = 0;
  int pages_total = 0;
  int pages_free = 0;
  int pages_idle = 0;       // hold texts that nobody is working on; taken where no page is free
  std::uint64_t steps = 0;  // grows with each step, and once a second when idle (heartbeat)
};

struct EngineMetrics : EngineStatus {
  EngineCounters counters;
  std::uint64_t submitted = 0;  // generations, forks too, that were taken
  std::uint64_t refused = 0;    // ... because the queue was full, or the engine ends
  int pages_shared = 0;         // are read by several generations
  int pages_pinned = 0;
};

}  // namespace cromwell::engine
