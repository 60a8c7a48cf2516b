#include "engine/pass_cost.h"

#include <algorithm>
#include <cassert>

namespace cromwell::engine {
namespace {

// Before anything is measured a column more is thought to cost little, so that it is tried.
constexpr double kFirstSlope = 1.0 / 16;
constexpr double kSeenEnough = 3;       // passes near a count, to know what it takes
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
  const double thought = this->ms(columns);
  const double ratio = ms / thought;
  known_ = true;
  auto [left, share] = place_of(columns);
  share = std::min(share, 1.0);
  const double seen = seen_[left] * (1 - share) + seen_[left + 1] * share;
  const bool is_news = seen < kSeenEnough;
  const double deviation =
      (is_news ? ratio : std::clamp(ratio, 1 / kMostDeviation, kMostDeviation)) - 1;
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (!is_news) {
      times_[i] *= 1 + kCommonRate * deviation;
    } else if (seen_[i] == 0 && i > left + 1) {
      times_[i] += ms - thought;  // what more columns add is still to be tried
    }
  }
  move(left, deviation, 1 - share);
  move(left + 1, deviation, share);
}

// The first passes near a count make their mean, later ones move it a little each.
void PassCost::move(std::size_t knot, double deviation, double share) {
  times_[knot] *= 1 + deviation * share * std::max(kOwnRate, 1 / (1 + seen_[knot]));
  seen_[knot] += share;
}

}  // namespace cromwell::engine
