// Any bytes, as source text of any language: trees, outlines and errors come back.
#include <cstdint>
#include <string_view>

#include "workspace/outline.h"
#include "workspace/syntax_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cromwell::workspace;
  if (size == 0) return 0;
  const auto grammar = static_cast<Grammar>(data[0] % (static_cast<int>(Grammar::kBash) + 1));
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto tree = SyntaxTree::parse(text, grammar);
  if (!tree) return 0;
  outline_of(*tree, text);
  syntax_errors(*tree, text);
  return 0;
}
