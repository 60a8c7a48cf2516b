// libFuzzer target: an answer through the reader of tool calls, whole and byte by byte. Both tell
// the same, and an answer without calls is its own text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "api/tool_call_reader.h"
#include "tokenizer/chat_template_tools.h"

namespace {

using cromwell::api::AnswerPart;
using cromwell::api::ToolCallReader;

struct Told {
  std::string line;  // kinds and texts
  std::string text;
  bool has_calls = false;
};

Told tell(const cromwell::tokenizer::ToolForm& form, std::string_view answer, std::size_t piece) {
  ToolCallReader reader(form, {"now", "f"});
  Told told;
  auto kind = AnswerPart::Kind::kCallEnd;
  const auto take = [&](const std::vector<AnswerPart>& parts) {
    for (const AnswerPart& part : parts) {
      const bool goes_on = part.kind == kind && part.kind != AnswerPart::Kind::kCall;
      if (!goes_on) told.line += static_cast<char>('0' + static_cast<int>(part.kind));
      kind = part.kind;
      told.line += part.text;
      if (kind == AnswerPart::Kind::kText) told.text += part.text;
    }
  };
  for (std::size_t at = 0; at < answer.size(); at += piece) {
    take(reader.push(answer.substr(at, piece)));
  }
  take(reader.finish());
  told.has_calls = reader.has_calls();
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view answer(reinterpret_cast<const char*>(data), size);
  for (const auto& form : {cromwell::tokenizer::kTaggedTools, cromwell::tokenizer::kPlainTools}) {
    const Told whole = tell(form, answer, size + 1), pieces = tell(form, answer, 1);
    if (whole.line != pieces.line) std::abort();
    if (!whole.has_calls && whole.text != answer) std::abort();
  }
  return 0;
}
