#include "workspace/wildmatch.h"

#include <cctype>
#include <cstddef>
#include <vector>

namespace cromwell::workspace {
namespace {

struct CharClass {
  std::string_view name;
  int (*holds)(int);
};
constexpr CharClass kClasses[] = {
    {"alnum", ::isalnum}, {"alpha", ::isalpha}, {"blank", ::isblank}, {"cntrl", ::iscntrl},
    {"digit", ::isdigit}, {"graph", ::isgraph}, {"lower", ::islower}, {"print", ::isprint},
    {"punct", ::ispunct}, {"space", ::isspace}, {"upper", ::isupper}, {"xdigit", ::isxdigit},
};

class Matcher {
 public:
  Matcher(std::string_view pattern, std::string_view text) : pattern_(pattern), text_(text) {}

  // `start` is where this pattern begins: "**" counts as such at a pattern's start, too.
  bool match(std::size_t p, std::size_t t) {
    const std::size_t start = p;
    while (p < pattern_.size()) {
      const char c = pattern_[p];
      if (c == '*') return match_star(p, t, start);
      if (t >= text_.size()) return false;
      if (c == '?') {
        if (text_[t] == '/') return false;
        ++p;
      } else if (c == '[') {
        if (!match_bracket(p, text_[t])) return false;
      } else {
        if (c == '\\' && ++p >= pattern_.size()) return false;
        if (pattern_[p++] != text_[t]) return false;
      }
      ++t;
    }
    return t == text_.size();
  }

 private:
  bool match_star(std::size_t p, std::size_t t, std::size_t start) {
    const std::size_t first = p;
    while (p < pattern_.size() && pattern_[p] == '*') ++p;
    const bool opens = first == start || pattern_[first - 1] == '/';
    const bool closes =
        p == pattern_.size() || pattern_[p] == '/' || pattern_.substr(p).starts_with("\\/");
    const bool any_depth = p - first > 1 && opens && closes;
    // "a/**/b" matches "a/b": the slash after it stands for no part at all.
    if (any_depth && p < pattern_.size() && pattern_[p] == '/' && try_rest(p + 1, t)) return true;
    for (;; ++t) {
      if (try_rest(p, t)) return true;
      if (t >= text_.size() || (text_[t] == '/' && !any_depth)) return false;
    }
  }

  bool try_rest(std::size_t p, std::size_t t) {
    if (failed_.empty()) failed_.resize((pattern_.size() + 1) * (text_.size() + 1));
    const std::size_t step = p * (text_.size() + 1) + t;
    if (failed_[step]) return false;
    if (match(p, t)) return true;
    failed_[step] = true;
    return false;
  }

  // Leaves `p` behind the bracket. Unclosed, it matches nothing.
  bool match_bracket(std::size_t& p, char c) const {
    const auto at = [this](std::size_t i) { return i < pattern_.size() ? pattern_[i] : '\0'; };
    ++p;
    const bool negated = at(p) == '!' || at(p) == '^';
    if (negated) ++p;
    bool found = false;
    char previous = '\0';
    for (bool first = true; first || at(p) != ']'; first = false) {
      if (p >= pattern_.size()) return false;
      if (at(p) == '-' && previous != '\0' && p + 1 < pattern_.size() && at(p + 1) != ']') {
        ++p;
        if (at(p) == '\\' && ++p >= pattern_.size()) return false;
        found = found ||
                (unsigned_of(previous) <= unsigned_of(c) && unsigned_of(c) <= unsigned_of(at(p)));
        previous = '\0';
        ++p;
      } else if (at(p) == '[' && at(p + 1) == ':') {
        if (!match_class(p, c, found)) return false;
        previous = '\0';
      } else {
        if (at(p) == '\\' && ++p >= pattern_.size()) return false;
        previous = at(p++);
        found = found || previous == c;
      }
    }
    ++p;
    return found != negated && c != '/';
  }

  // "[:alpha:]"; "[:" without its end is a bracket that is a member. False for an unknown class.
  bool match_class(std::size_t& p, char c, bool& found) const {
    const std::size_t end = pattern_.find(']', p + 2);
    if (end == std::string_view::npos) return false;
    if (end < p + 3 || pattern_[end - 1] != ':') {
      found = found || c == '[';
      ++p;
      return true;
    }
    const std::string_view name = pattern_.substr(p + 2, end - 1 - (p + 2));
    p = end + 1;
    for (const CharClass& known : kClasses) {
      if (known.name != name) continue;
      const int value = unsigned_of(c);
      found = found || (value < 128 && known.holds(value) != 0);
      return true;
    }
    return false;
  }

  static unsigned char unsigned_of(char c) { return static_cast<unsigned char>(c); }

  std::string_view pattern_, text_;
  std::vector<bool> failed_;  // [pattern + 1, text + 1]: from there it is known not to match
};

}  // namespace

bool wildmatch(std::string_view pattern, std::string_view text) {
  return Matcher(pattern, text).match(0, 0);
}

}  // namespace cromwell::workspace
