// Scanners: the pre-tokenizers' regular expressions, written out by hand. Each gives the end of the
// piece that starts at `p`; together the pieces cover the text, and the work is linear in it. Any
// thread. Hugging Face `tokenizers` defines what is right; tests compare with it and with PCRE2.
#pragma once

#include "tokenizer/unicode_classes.h"

namespace cromwell::tokenizer {

class Scanner {
 public:
  explicit Scanner(const UnicodeClasses& classes) : classes_(classes) {}

  // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  // With kDigitsApart each digit was cut off before: it is a piece, and an end to its neighbours.
  template <bool kDigitsApart>
  const char* gpt2(const char* p, const char* end) const;

  // (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,kMaxDigits}|
  //  ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
  template <int kMaxDigits>
  const char* llama3(const char* p, const char* end) const;

  // One stage of a cascade: the text up to where the next match begins, or the match itself.
  const char* newline_stage(const char* p, const char* end) const;  // [\r\n]
  const char* cjk_stage(const char* p, const char* end) const;      // [一-龥ࠀ-一가-퟿]+
  const char* digit_stage(const char* p, const char* end) const;    // each digit by itself
  template <ClassBits kRun>
  const char* spaced_run_stage(const char* p, const char* end) const;  // \s?[kRun]+

 private:
  // The end of the run of characters whose classes, under `mask`, are `value`.
  const char* run(const char* p, const char* end, ClassBits mask, ClassBits value) const {
    while (p < end) {
      const ClassedChar c = classes_.at(p, end);
      if ((c.classes & mask) != value) break;
      p += c.length;
    }
    return p;
  }
  const char* run_with_any(const char* p, const char* end, ClassBits mask) const {
    while (p < end) {
      const ClassedChar c = classes_.at(p, end);
      if ((c.classes & mask) == 0) break;
      p += c.length;
    }
    return p;
  }
  template <ClassBits kRun>
  const char* spaced_run_match(const char* p, const char* end) const;
  static const char* contraction(const char* p, const char* end);
  static const char* contraction_any_case(const char* p, const char* end);

  const UnicodeClasses& classes_;
};

// p is at an apostrophe; the end of 's|'t|'re|'ve|'m|'ll|'d, or nullptr.
inline const char* Scanner::contraction(const char* p, const char* end) {
  if (end - p < 2) return nullptr;
  const char a = p[1];
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return p + 2;
  if (end - p < 3) return nullptr;
  const char b = p[2];
  const bool two = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
  return two ? p + 3 : nullptr;
}

inline const char* Scanner::contraction_any_case(const char* p, const char* end) {
  if (end - p < 2) return nullptr;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  const char a = lower(p[1]);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return p + 2;
  if (end - p < 3) return nullptr;
  // U+017F, the long s, is C5 BF: it folds to s, and the reference's engine honours that.
  if (p[1] == '\xC5' && p[2] == '\xBF') return p + 3;
  const char b = lower(p[2]);
  const bool two = (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l');
  return two ? p + 3 : nullptr;
}

template <bool kDigitsApart>
const char* Scanner::gpt2(const char* p, const char* end) const {
  constexpr ClassBits kNumeral = kDigitsApart ? kDigit : kNumber;
  constexpr ClassBits kWordClasses = kSpace | kLetter | kNumeral;
  if (*p == '\'') {
    if (const char* match = contraction(p, end)) return match;
  }
  const ClassedChar first = classes_.at(p, end);
  if (kDigitsApart && (first.classes & kDigit) != 0) return p + first.length;

  const char* start = p;  // after the optional space
  ClassedChar head = first;
  if (*p == ' ' && p + 1 < end) {
    const ClassedChar second = classes_.at(p + 1, end);
    const bool second_joins =
        (second.classes & kSpace) == 0 && !(kDigitsApart && (second.classes & kDigit) != 0);
    if (second_joins) {
      start = p + 1;
      head = second;
    }
  }
  if ((head.classes & kLetter) != 0) return run(start, end, kLetter, kLetter);
  if ((head.classes & kNumeral) != 0) return run(start, end, kNumeral, kNumeral);
  if ((head.classes & kSpace) == 0) return run(start, end, kWordClasses, 0);

  // \s+(?!\S)|\s+: a run leaves its last character to the word after it, if there is one.
  const char* last = p;
  const char* q = p;
  while (q < end) {
    const ClassedChar c = classes_.at(q, end);
    if ((c.classes & kSpace) == 0) {
      const bool at_cut = kDigitsApart && (c.classes & kDigit) != 0;
      return at_cut || last == p ? q : last;
    }
    last = q;
    q += c.length;
  }
  return end;
}

template <int kMaxDigits>
const char* Scanner::llama3(const char* p, const char* end) const {
  constexpr ClassBits kWordClasses = kSpace | kLetter | kNumber;
  if (*p == '\'') {
    if (const char* match = contraction_any_case(p, end)) return match;
  }
  const ClassedChar first = classes_.at(p, end);
  if ((first.classes & kLetter) != 0) return run(p, end, kLetter, kLetter);
  if ((first.classes & kNumber) != 0) {
    const char* q = p + first.length;
    for (int i = 1; i < kMaxDigits && q < end; ++i) {
      const ClassedChar c = classes_.at(q, end);
      if ((c.classes & kNumber) == 0) break;
      q += c.length;
    }
    return q;
  }
  const char* after = p + first.length;
  ClassedChar second{kSpace, 0};  // at the end nothing can join
  if (after < end) second = classes_.at(after, end);
  if ((first.classes & kNewline) == 0 && (second.classes & kLetter) != 0) {
    return run(after, end, kLetter, kLetter);
  }
  if ((first.classes & kSpace) == 0 || (*p == ' ' && (second.classes & kWordClasses) == 0)) {
    const char* q = run(after, end, kWordClasses, 0);
    return run(q, end, kNewline, kNewline);
  }

  // \s*[\r\n]+|\s+(?!\S)|\s+: up to the run's last newline, else all but its last character.
  const char* after_newline = nullptr;
  const char* last = p;
  const char* q = p;
  while (q < end) {
    const ClassedChar c = classes_.at(q, end);
    if ((c.classes & kSpace) == 0) break;
    last = q;
    q += c.length;
    if ((c.classes & kNewline) != 0) after_newline = q;
  }
  if (after_newline != nullptr) return after_newline;
  return q == end || last == p ? q : last;
}

inline const char* Scanner::newline_stage(const char* p, const char* end) const {
  if (*p == '\n' || *p == '\r') return p + 1;
  while (p < end && *p != '\n' && *p != '\r') ++p;
  return p;
}

inline const char* Scanner::cjk_stage(const char* p, const char* end) const {
  const ClassBits first = classes_.at(p, end).classes & kCjk;
  return run(p, end, kCjk, first);
}

inline const char* Scanner::digit_stage(const char* p, const char* end) const {
  const ClassedChar first = classes_.at(p, end);
  if ((first.classes & kDigit) != 0) return p + first.length;
  return run(p, end, kDigit, 0);
}

// The end of \s?[kRun]+ at p, or nullptr.
template <ClassBits kRun>
const char* Scanner::spaced_run_match(const char* p, const char* end) const {
  const ClassedChar first = classes_.at(p, end);
  if ((first.classes & kRun) != 0) return run_with_any(p, end, kRun);
  if ((first.classes & kSpace) == 0 || p + first.length >= end) return nullptr;
  const char* after = p + first.length;
  if ((classes_.at(after, end).classes & kRun) == 0) return nullptr;
  return run_with_any(after, end, kRun);
}

template <ClassBits kRun>
const char* Scanner::spaced_run_stage(const char* p, const char* end) const {
  if (const char* match = spaced_run_match<kRun>(p, end)) return match;
  do {
    p += classes_.at(p, end).length;
  } while (p < end && spaced_run_match<kRun>(p, end) == nullptr);
  return p;
}

}  // namespace cromwell::tokenizer
