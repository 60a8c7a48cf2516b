#include "engine/pass_cost.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cromwell::engine {
namespace {

// Before anything is measured a column more is thought to cost little, so that it is tried.
constexpr double kFirstSlope = 1.0 / 16;
constexpr double kSeen = 0.5;           // passes near a count, to know something of it
constexpr double kSeenEnough = 3;       // ... and to know what it takes
constexpr double kCommonRate = 0.02;    // of a deviation from that, for all counts
constexpr double kOwnRate = 0.1;        // and more for those next to the pass
constexpr double kMostDeviation = 1.5;  // a pass that something interrupted says no more than this

}  // namespace

PassCost::PassCost() : learns_(true), known_(false) {
  for (std::size_t i = 0; i < times_.size(); ++i) times_[i] = 1 + kFirstSlope * kPassColumns[i];
}

PassCost::PassCost(const PassTimes& fixed) : times_(fixed), learns_(false), known_(true) {}

PassCost::Place PassCost::place_of(int columns) {
  assert(columns >= 1);
  std::size_t left = 0;
  while (left + 2 < kPassColumns.size() && kPassColumns[left + 1] <= columns) ++left;
  const double width = kPassColumns[left + 1] - kPassColumns[left];
  return {.left = left, .share = (columns - kPassColumns[left]) / width};
}

double PassCost::ms(int columns) const {
  const auto [left, share] = place_of(columns);
  return times_[left] + share * (times_[left + 1] - times_[left]);
}

void PassCost::observe(int columns, double ms) {
  if (!learns_ || !(ms > 0)) return;
  if (!std::exchange(known_, true)) {  // the first says it for all: only their shape was known
    const double scale = ms / this->ms(columns);
    for (double& time : times_) time *= scale;
  }
  const double ratio = ms / this->ms(columns);
  auto [left, share] = place_of(columns);
  share = std::min(share, 1.0);
  const double seen = seen_[left] * (1 - share) + seen_[left + 1] * share;
  const bool is_news = seen < kSeenEnough;
  const double deviation =
      (is_news ? ratio : std::clamp(ratio, 1 / kMostDeviation, kMostDeviation)) - 1;
  if (!is_news) {
    for (double& time : times_) time *= 1 + kCommonRate * deviation;
  }
  move(left, deviation, 1 - share);
  move(left + 1, deviation, share);
  extend();
}

void PassCost::forget() {
  if (!learns_) return;
  known_ = false;
  seen_ = {};
}

// Columns get dearer, never cheaper: at first they share the reading of the weights, then the
// arithmetic is what takes the time. So one beyond the widest pass that was seen costs what the
// last of that did; where not even this is known, little, so that it is tried.
void PassCost::extend() {
  const auto is_seen = [this](std::size_t knot) { return seen_[knot] >= kSeen; };
  std::size_t widest = times_.size() - 1;
  while (widest > 0 && !is_seen(widest)) --widest;
  const auto width = [](std::size_t knot) -> double {
    return kPassColumns[knot] - kPassColumns[knot - 1];
  };
  double slope = kFirstSlope;
  if (widest > 0 && is_seen(widest - 1)) {
    slope = std::max(slope, (times_[widest] - times_[widest - 1]) / width(widest));
  }
  for (std::size_t i = widest + 1; i < times_.size(); ++i) {
    times_[i] = times_[i - 1] + slope * width(i);
  }
}

// The first passes near a count make their mean, later ones move it a little each.
void PassCost::move(std::size_t knot, double deviation, double share) {
  times_[knot] *= 1 + deviation * share * std::max(kOwnRate, 1 / (1 + seen_[knot]));
  seen_[knot] += share;
}

}  // namespace cromwell::engine
