#include "engine/pass_cost.h"

#include <algorithm>
#include <cassert>

namespace cromwell::engine {
namespace {

// Before anything is measured a column more is thought to cost little, so that it is tried.
constexpr double kFirstSlope = 1.0 / 16;
constexpr double kCommonRate = 0.05;  // of a deviation, for all counts
constexpr double kOwnRate = 0.25;     // and more for those next to the pass
constexpr double kMostDeviation = 2;  // a pass that something interrupted says no more than this

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
  const double ratio = ms / this->ms(columns);
  if (!known_) {
    known_ = true;
    for (double& time : times_) time *= ratio;
    return;
  }
  const double deviation = std::clamp(ratio, 1 / kMostDeviation, kMostDeviation) - 1;
  for (double& time : times_) time *= 1 + kCommonRate * deviation;
  const auto [left, share] = place_of(columns);
  times_[left] *= 1 + kOwnRate * deviation * (1 - std::min(share, 1.0));
  times_[left + 1] *= 1 + kOwnRate * deviation * std::min(share, 1.0);
}

}  // namespace cromwell::engine
