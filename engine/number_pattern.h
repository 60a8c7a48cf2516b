// JSON's numbers between two bounds as patterns. Digits are compared from the left, as one does on
// paper, so that a bound costs a choice for each of its digits. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/pattern.h"

namespace cromwell::engine {

// Of a number with a bound, before and behind the point together: a double tells any two such
// numbers apart, so that whoever reads them finds them on the same side of the bound as we do.
inline constexpr int kMaxBoundedDigits = 15;

struct NumberBound {
  std::string value;  // as JSON writes it; the exponent at most that of a double
  bool is_exclusive = false;
};

// None where no number is between the bounds. There is one spelling of each integer, without -0.
std::optional<Pattern> integer_between(const std::optional<NumberBound>& least,
                                       const std::optional<NumberBound>& most);
// Written without an exponent.
std::optional<Pattern> number_between(const std::optional<NumberBound>& least,
                                      const std::optional<NumberBound>& most);

}  // namespace cromwell::engine
