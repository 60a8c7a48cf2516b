#include "base/utf8.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::tokenizer {

void StreamDecoder::push(std::string_view bytes, std::string& out) {
  pending_.append(bytes);
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const base::Utf8Char c = base::decode_utf8(rest);
    if (c.cut) break;
    if (c.valid) {
      out.append(rest.substr(0, static_cast<std::size_t>(c.length)));
    } else {
      base::append_utf8(base::kReplacementCharacter, out);
    }
    rest.remove_prefix(static_cast<std::size_t>(c.length));
  }
  pending_.erase(0, pending_.size() - rest.size());
}

void StreamDecoder::finish(std::string& out) {
  if (!pending_.empty()) base::append_utf8(base::kReplacementCharacter, out);
  pending_.clear();
}

}  // namespace cromwell::tokenizer
