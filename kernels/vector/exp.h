// e^x and 2^x on vectors: within 2 units in the last place for results above 2^-126; below that the
// result may be flushed to zero.
#pragma once

namespace cromwell::kernels::vector {

// x = n ln 2 + r with |r| <= ln 2 / 2; e^x = 2^n (1 + r + r^2 p(r)). ln 2 is taken off in two
// parts, the first with so few bits that n times it is exact. p: minimax polynomial of the Cephes
// library.
// Above 2^128 the result is infinity.
template <class V>
typename V::Float exp(typename V::Float x) {
  using Float = typename V::Float;
  x = V::min(V::broadcast(89.0f), x);
  x = V::max(V::broadcast(-105.0f), x);
  const Float n = V::round(V::mul(x, V::broadcast(1.44269504f)));
  Float r = V::fma(n, V::broadcast(-0.693359375f), x);
  r = V::fma(n, V::broadcast(2.12194440e-4f), r);
  Float p = V::broadcast(1.9875691500e-4f);
  p = V::fma(p, r, V::broadcast(1.3981999507e-3f));
  p = V::fma(p, r, V::broadcast(8.3334519073e-3f));
  p = V::fma(p, r, V::broadcast(4.1665795894e-2f));
  p = V::fma(p, r, V::broadcast(1.6666665459e-1f));
  p = V::fma(p, r, V::broadcast(5.0000001201e-1f));
  p = V::fma(p, V::mul(r, r), V::add(r, V::broadcast(1.0f)));
  return V::scale_by_power(p, n);
}

inline constexpr float kLog2E = 1.44269504f;
// A score that gives weight 0 beside any other: for positions that are masked.
inline constexpr float kLowestScore = -1e30f;

// For x <= 0. x = n + r with |r| <= 1/2; 2^x = 2^n (1 + r p(r)), p a minimax polynomial.
template <class V>
typename V::Float exp2(typename V::Float x) {
  using Float = typename V::Float;
  x = V::max(V::broadcast(-150.0f), x);
  const Float n = V::round(x);
  const Float r = V::sub(x, n);
  Float p = V::broadcast(1.3264727e-3f);
  p = V::fma(p, r, V::broadcast(9.671513e-3f));
  p = V::fma(p, r, V::broadcast(5.5507336e-2f));
  p = V::fma(p, r, V::broadcast(2.4022242e-1f));
  p = V::fma(p, r, V::broadcast(6.93147e-1f));
  p = V::fma(p, r, V::broadcast(1.0f));
  return V::scale_by_power(p, n);
}

}  // namespace cromwell::kernels::vector
