// JSON texts as patterns: the pieces that a schema's pattern is made of, and any value of a bounded
// depth. Between tokens stands nothing, a space, or a newline and spaces. Pure.
#pragma once

#include "engine/pattern.h"

namespace cromwell::engine {

// So that a number is one to every reader, and a model can not write one without end.
inline constexpr int kMaxDigits = 18;  // before the point, and after it
inline constexpr int kMaxExponentDigits = 2;
inline constexpr int kFreeJsonDepth = 6;  // of objects and arrays in a value of any kind

Pattern json_space();
Pattern json_integer();
Pattern json_number();
// A string of min to max characters; max -1: any number.
Pattern json_string(int min = 0, int max = -1);
// A string whose characters are what `content` matches: its bytes, escaped where JSON asks for it.
Pattern json_string_of(Pattern content);
// "[" items with commas between "]".
Pattern json_array(const Pattern& item, int min = 0, int max = -1);
// {"name": value, ...} with any names.
Pattern json_map(const Pattern& value);
Pattern json_value(int depth = kFreeJsonDepth);
Pattern json_object(int depth = kFreeJsonDepth);

}  // namespace cromwell::engine
