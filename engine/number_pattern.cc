#include "engine/number_pattern.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/json_pattern.h"

namespace cromwell::engine {
namespace {

bool is_all(std::string_view text, char digit) {
  return text.find_first_not_of(digit) == std::string_view::npos;
}

Pattern digits(std::size_t min, std::size_t max) {
  return repeat(byte_range('0', '9'), static_cast<int>(min), static_cast<int>(max));
}

Pattern digits_between(std::string_view first, std::string_view last, int whole);

// The same, where the first digit is there.
Pattern first_digit_on(std::string_view first, std::string_view last, int whole) {
  if (is_all(first, '0') && is_all(last, '9')) {
    if (whole <= 0) return digits(1, first.size());
    const auto before = static_cast<std::size_t>(whole);
    return sequence(
        {digits(before, before), digits_between(first.substr(before), last.substr(before), 0)});
  }
  const std::string_view first_rest = first.substr(1), last_rest = last.substr(1);
  const Pattern low = literal(first.substr(0, 1)), high = literal(last.substr(0, 1));
  if (first[0] == last[0]) return sequence({low, digits_between(first_rest, last_rest, whole - 1)});
  const std::string zeros(first_rest.size(), '0'), nines(first_rest.size(), '9');
  std::vector<Pattern> ways{sequence({low, digits_between(first_rest, nines, whole - 1)}),
                            sequence({high, digits_between(zeros, last_rest, whole - 1)})};
  if (first[0] + 1 < last[0]) {
    ways.push_back(
        sequence({byte_range(first[0] + 1, last[0] - 1), digits_between(zeros, nines, whole - 1)}));
  }
  return choice(std::move(ways));
}

// Texts of digits from `first` to `last`, which have the same number of them: `whole` stand before
// the point (below zero: it has been written), and of those behind it zeros at the end may be left
// out.
Pattern digits_between(std::string_view first, std::string_view last, int whole) {
  if (first.empty()) return sequence({});
  Pattern pattern = first_digit_on(first, last, whole);
  if (whole == 0) pattern = sequence({literal("."), std::move(pattern)});
  const bool may_end = whole <= 0 && is_all(first, '0');
  return may_end ? optional(std::move(pattern)) : pattern;
}

// A bound without its sign and exponent.
struct Decimal {
  bool is_negative = false;
  std::string whole, fraction;  // digits; of zero both are empty
};

Decimal read_decimal(std::string_view text) {
  Decimal decimal;
  const bool has_sign = text.starts_with("-");
  if (has_sign) text.remove_prefix(1);
  const std::size_t end = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, end);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string all(mantissa.substr(0, point));  // digits
  if (point < mantissa.size()) all += mantissa.substr(point + 1);

  int exponent = 0;
  if (end < text.size()) {
    std::string_view number = text.substr(end + 1);
    if (number.starts_with("+")) number.remove_prefix(1);
    std::from_chars(number.data(), number.data() + number.size(), exponent);
  }
  const int before = static_cast<int>(point) + exponent;  // the point, where the exponent moves it
  if (before < 0) all.insert(0, static_cast<std::size_t>(-before), '0');
  const auto split = static_cast<std::size_t>(std::max(before, 0));
  if (all.size() < split) all.append(split - all.size(), '0');
  decimal.whole = all.substr(0, split);
  decimal.whole.erase(0, std::min(decimal.whole.find_first_not_of('0'), split));
  decimal.fraction = all.substr(split);
  decimal.fraction.erase(decimal.fraction.find_last_not_of('0') + 1);
  decimal.is_negative = has_sign && !(decimal.whole.empty() && decimal.fraction.empty());
  return decimal;
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

struct Bound {
  Decimal value;
  bool is_exclusive = false;
};

// The bound's absolute value in units of 10^-places, without what is smaller than one.
struct Units {
  std::int64_t count = 0;
  bool is_exact = true;
};

Units in_units(const Decimal& decimal, int places) {
  const auto kept = static_cast<std::size_t>(places);
  std::string text = decimal.whole + decimal.fraction.substr(0, kept);
  text.append(kept - std::min(kept, decimal.fraction.size()), '0');
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  Units units{.count = power_of_ten(kMaxDigits), .is_exact = decimal.fraction.size() <= kept};
  if (text.size() > std::size_t{kMaxDigits}) return units;  // more than any number has
  units.count = text.empty() ? 0 : std::stoll(text);
  return units;
}

std::string padded(std::int64_t value, int size) {
  const std::string text = std::to_string(value);
  return std::string(static_cast<std::size_t>(size) - text.size(), '0') + text;
}

// How many digits numbers have: integers have none behind the point, the others all that are left.
struct Shape {
  int digits = 0;
  bool is_integer = false;
};

// Absolute values from `least` to `most`, each where it is given; none: no text.
std::vector<Pattern> values_between(const Bound* least, const Bound* most, Shape shape) {
  std::vector<Pattern> ways;
  for (int whole = 1; whole <= shape.digits; ++whole) {
    const int places = shape.is_integer ? 0 : shape.digits - whole;
    std::int64_t first = whole == 1 ? 0 : power_of_ten(whole - 1 + places);
    std::int64_t last = power_of_ten(whole + places) - 1;
    if (least != nullptr) {
      const Units units = in_units(least->value, places);
      const bool is_outside = !units.is_exact || least->is_exclusive;
      first = std::max(first, units.count + (is_outside ? 1 : 0));
    }
    if (most != nullptr) {
      const Units units = in_units(most->value, places);
      const bool is_outside = units.is_exact && most->is_exclusive;
      last = std::min(last, units.count - (is_outside ? 1 : 0));
    }
    if (first > last) continue;
    const int size = whole + places;
    ways.push_back(digits_between(padded(first, size), padded(last, size), whole));
  }
  return ways;
}

std::optional<Pattern> between(const std::optional<NumberBound>& least,
                               const std::optional<NumberBound>& most, Shape shape) {
  const auto read = [](const std::optional<NumberBound>& bound) -> std::optional<Bound> {
    if (!bound) return std::nullopt;
    return Bound{read_decimal(bound->value), bound->is_exclusive};
  };
  const std::optional<Bound> low = read(least), high = read(most);
  const Bound zero{.value = {}, .is_exclusive = true};  // -0 would be another spelling of it
  const bool low_is_negative = !low || low->value.is_negative;
  const bool high_is_negative = high && high->value.is_negative;
  std::vector<Pattern> ways;
  if (!high_is_negative) {
    ways = values_between(low_is_negative ? nullptr : &*low, high ? &*high : nullptr, shape);
  }
  if (low_is_negative) {
    auto values = values_between(high_is_negative ? &*high : &zero, low ? &*low : nullptr, shape);
    if (!values.empty()) ways.push_back(sequence({literal("-"), choice(std::move(values))}));
  }
  if (ways.empty()) return std::nullopt;
  return choice(std::move(ways));
}

}  // namespace

std::optional<Pattern> integer_between(const std::optional<NumberBound>& least,
                                       const std::optional<NumberBound>& most) {
  return between(least, most, {.digits = kMaxDigits, .is_integer = true});
}

std::optional<Pattern> number_between(const std::optional<NumberBound>& least,
                                      const std::optional<NumberBound>& most) {
  return between(least, most, {.digits = kMaxBoundedDigits, .is_integer = false});
}

}  // namespace cromwell::engine
