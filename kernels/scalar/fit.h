// The grid that loses least for a few weights x[0 .. N): a scale d, and for offset grids a minimum.
//   signed grid:  x ~ d q,            lo <= q <= hi, lo < 0
//   offset grid:  x ~ d q + minimum,  0 <= q <= hi
// "Least" is the sum of squared errors. For a given grid the best q is the nearest; for given q the
// best grid is a linear regression. Alternating the two finds only the nearest valley, so it
// starts from several grids around the one that just holds the extreme weights.
#pragma once

#include <cmath>

namespace cromwell::kernels::scalar {

// Weights all below this are zeros: no scale that a half can hold would tell them apart.
inline constexpr float kNegligible = 1e-10f;

// To the nearest integer, ties to even, for |v| < 2^22: added to 1.5 * 2^23, v loses its fraction.
template <class Number>
Number round_even(Number v) {
  constexpr float kMagic = 12582912.0f;
  return (v + kMagic) - kMagic;
}

inline float clamp(float v, float lo, float hi) {
  const float raised = v < lo ? lo : v;
  return raised > hi ? hi : raised;
}

// 1 / d, or 0 where d is 0: every q is then 0.
inline float inverse_of(float d) { return d != 0 ? 1 / d : 0; }

// Four weights side by side: sums of floats are not the compiler's to reorder, so the lanes are
// spelled out. Any x86-64 has them in one register.
using Lanes = float __attribute__((vector_size(16)));
inline constexpr int kLanes = 4;

inline Lanes load(const float* x) {
  Lanes lanes;
  __builtin_memcpy(&lanes, x, sizeof lanes);
  return lanes;
}
inline Lanes all(float value) { return Lanes{value, value, value, value}; }
inline float sum_of(Lanes lanes) { return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]); }

inline Lanes nearest_code(Lanes v, Lanes lo, Lanes hi) {
  const Lanes raised = v < lo ? lo : v;
  return round_even(raised > hi ? hi : raised);
}

// Sum of (x - (d q + minimum))^2, each q the nearest in [lo, hi].
template <int N>
float grid_error(const float* x, float d, float minimum, float lo, float hi) {
  const Lanes lows = all(lo);
  const Lanes highs = all(hi);
  const float inverse = inverse_of(d);
  Lanes squares = {};
  for (int i = 0; i < N; i += kLanes) {
    const Lanes y = load(x + i) - minimum;
    const Lanes error = y - d * nearest_code(y * inverse, lows, highs);
    squares += error * error;
  }
  return sum_of(squares);
}

// What a regression needs: sums of y = x - origin and of q = nearest((y - shift) * inverse).
struct GridSums {
  float q;
  float qq;
  float qy;
};

template <int N>
GridSums grid_sums(const float* x, float origin, float shift, float inverse, float lo, float hi) {
  const Lanes lows = all(lo);
  const Lanes highs = all(hi);
  Lanes q_sum = {};
  Lanes qq_sum = {};
  Lanes qy_sum = {};
  for (int i = 0; i < N; i += kLanes) {
    const Lanes y = load(x + i) - origin;
    const Lanes q = nearest_code((y - shift) * inverse, lows, highs);
    q_sum += q;
    qq_sum += q * q;
    qy_sum += q * y;
  }
  return {sum_of(q_sum), sum_of(qq_sum), sum_of(qy_sum)};
}

template <int N>
float extreme_of(const float* x) {  // the one of largest magnitude, with its sign
  float extreme = 0;
  for (int i = 0; i < N; ++i) {
    if (std::fabs(x[i]) > std::fabs(extreme)) extreme = x[i];
  }
  return extreme;
}

// The scale of a signed grid; negative where a positive extreme is better off at `lo`.
template <int N>
float fit_signed(const float* x, float lo, float hi) {
  constexpr int kTries = 4;      // to either side of the scale at which the extreme just fits
  constexpr float kStep = 0.2f;  // of one q
  const float extreme = extreme_of<N>(x);
  if (std::fabs(extreme) < kNegligible) return 0;
  float best = 0;
  float best_gain = 0;  // by how much the sum of squares shrinks: (sum q x)^2 / sum q^2
  const float limits[] = {lo, hi};
  for (const float limit : limits) {
    for (int t = -kTries; t <= kTries; ++t) {
      const float inverse = (limit + kStep * static_cast<float>(t)) / extreme;
      const GridSums sums = grid_sums<N>(x, 0, 0, inverse, lo, hi);
      if (sums.qq > 0 && sums.qy * sums.qy > best_gain * sums.qq) {
        best_gain = sums.qy * sums.qy / sums.qq;
        best = sums.qy / sums.qq;
      }
    }
  }
  const GridSums again = grid_sums<N>(x, 0, 0, inverse_of(best), lo, hi);
  return again.qq > 0 ? again.qy / again.qq : best;
}

struct OffsetGrid {
  float scale = 0;    // not negative
  float minimum = 0;  // what q = 0 stands for
};

// The grid that regression gives, with its minimum at most `most`, and by how much it makes the sum
// of squares of y = x - origin shrink.
template <int N>
OffsetGrid regress(const GridSums& sums, float y_sum, float origin, float most, float* gain) {
  const float n = N;
  const float determinant = n * sums.qq - sums.q * sums.q;
  float scale = determinant > 0 ? (n * sums.qy - sums.q * y_sum) / determinant : 0;
  float shift = (y_sum - scale * sums.q) / n;
  if (origin + shift > most) {
    shift = most - origin;
    scale = sums.qq > 0 ? (sums.qy - shift * sums.q) / sums.qq : 0;
  }
  *gain = 2 * (scale * sums.qy + shift * y_sum) -
          (scale * scale * sums.qq + 2 * scale * shift * sums.q + n * shift * shift);
  return {scale, origin + shift};
}

// `most`: the largest minimum that the type can store (0 for K types, which subtract it).
template <int N>
OffsetGrid fit_offset(const float* x, float hi, float most) {
  constexpr float kClips[] = {-0.03f, 0, 0.03f, 0.06f, 0.1f};  // of the range, at both ends
  constexpr int kRounds = 2;
  float low = x[0];
  float high = x[0];
  float x_sum = 0;
  for (int i = 0; i < N; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
    x_sum += x[i];
  }
  const float origin = low < most ? low : most;
  const float range = high - origin;
  const float y_sum = x_sum - static_cast<float>(N) * origin;
  OffsetGrid best = {0, origin};
  if (range < kNegligible) return best;
  float best_gain = 0;
  const auto try_grid = [&](float scale, float minimum) {
    const float shift = minimum - origin;
    const GridSums sums = grid_sums<N>(x, origin, shift, inverse_of(scale), 0, hi);
    float gain = 0;
    const OffsetGrid grid = regress<N>(sums, y_sum, origin, most, &gain);
    if (gain > best_gain && grid.scale > 0) {
      best_gain = gain;
      best = grid;
    }
  };
  for (const float bottom : kClips) {
    for (const float top : kClips) {
      try_grid((1 - bottom - top) * range / hi, origin + bottom * range);
    }
  }
  for (int round = 0; round < kRounds; ++round) try_grid(best.scale, best.minimum);
  return best;
}

}  // namespace cromwell::kernels::scalar
