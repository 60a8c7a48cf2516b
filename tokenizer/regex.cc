#include "tokenizer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string>

namespace cromwell::tokenizer {
namespace {

constexpr std::size_t kMaxPatternBytes = 64 * 1024;
constexpr std::uint32_t kMatchLimit = 10'000'000;
constexpr std::uint32_t kHeapLimitKib = 64 * 1024;
constexpr std::size_t kJitStackStartBytes = 32 * 1024;
constexpr std::size_t kJitStackBytes = 1024 * 1024;

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using MatchData = std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Free<pcre2_jit_stack_free>>;

}  // namespace

struct Regex::Code {
  explicit Code(pcre2_code* compiled) : code(compiled) {}
  ~Code() { pcre2_code_free(code); }
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  pcre2_code* code;
};

base::Result<Regex> Regex::compile(std::string_view pattern) {
  const auto bad = [&](const std::string& what) {
    return base::Error{
        base::ErrorCode::kBadModel,
        "pre_tokenizer: regular expression \"" + std::string(pattern.substr(0, 60)) + "\": " + what,
        "pre_tokenizer"};
  };
  if (pattern.size() > kMaxPatternBytes) {
    return bad("at most " + std::to_string(kMaxPatternBytes) + " bytes are supported");
  }
  int error = 0;
  std::size_t offset = 0;
  pcre2_code* compiled =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                    &error, &offset, nullptr);
  if (compiled == nullptr) {
    std::string text(120, '\0');
    const int size =
        pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text.data()), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bad(text + " at byte " + std::to_string(offset));
  }
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // without it matching is only slower
  return Regex(std::make_shared<const Code>(compiled));
}

void Regex::split(const std::vector<std::string_view>& pieces,
                  std::vector<std::string_view>& out) const {
  const MatchData match(pcre2_match_data_create_from_pattern(code_->code, nullptr));
  const MatchContext context(pcre2_match_context_create(nullptr));
  const JitStack stack(pcre2_jit_stack_create(kJitStackStartBytes, kJitStackBytes, nullptr));
  pcre2_set_match_limit(context.get(), kMatchLimit);
  pcre2_set_heap_limit(context.get(), kHeapLimitKib);
  pcre2_jit_stack_assign(context.get(), nullptr, stack.get());

  for (const std::string_view piece : pieces) {
    const auto run = [&](std::size_t from, std::uint32_t options) {
      return pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(piece.data()), piece.size(),
                         from, options, match.get(), context.get());
    };
    std::size_t from = 0;
    while (from < piece.size()) {
      int found = run(from, PCRE2_NOTEMPTY);
      if (found == PCRE2_ERROR_JIT_STACKLIMIT) found = run(from, PCRE2_NOTEMPTY | PCRE2_NO_JIT);
      if (found < 0) break;
      const std::size_t* const span = pcre2_get_ovector_pointer(match.get());
      if (span[0] < from || span[1] <= span[0]) break;  // \K can turn a match inside out
      if (span[0] > from) out.push_back(piece.substr(from, span[0] - from));
      out.push_back(piece.substr(span[0], span[1] - span[0]));
      from = span[1];
    }
    if (from < piece.size()) out.push_back(piece.substr(from));
  }
}

}  // namespace cromwell::tokenizer
