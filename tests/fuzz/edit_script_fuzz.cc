// libFuzzer target: a region and the bytes of a script, divided by a NUL, through the script's
// reader and its constraint. Bytes from 0x80 on stand for special tokens. A script that the
// constraint let pass to its end can be read.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "edit/edit_script.h"
#include "edit/lines.h"
#include "edit/script_constraint.h"
#include "tests/edit/script_fixture.h"

namespace {

using namespace cromwell;

struct Parts {
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer = edit::script_tokenizer();
  edit::ScriptTokens tokens = *edit::find_script_tokens(*tokenizer);
  engine::LazyTrie trie;
};

tokenizer::TokenId token_of(const Parts& parts, std::uint8_t byte) {
  const tokenizer::TokenId specials[] = {parts.tokens.del, parts.tokens.ins, parts.tokens.edit,
                                         *parts.tokenizer->find("<|im_end|>")};
  return byte < 0x80 ? byte : specials[byte % std::size(specials)];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Parts parts;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  if (cut == std::string::npos) return 0;
  std::string region = bytes.substr(0, cut);
  if (!region.empty() && !region.ends_with('\n')) region += '\n';
  edit::ScriptConstraint constraint(region, parts.tokens, parts.tokenizer,
                                    parts.trie.of(*parts.tokenizer));
  std::vector<tokenizer::TokenId> ids;
  bool is_allowed = true, ended = false;
  for (std::size_t i = cut + 1; i < size && !ended; ++i) {
    const tokenizer::TokenId id = token_of(parts, data[i]);
    if (is_allowed) {
      std::vector<float> logits(static_cast<std::size_t>(parts.tokenizer->vocab_size()));
      constraint.mask(logits);
      is_allowed = !std::isinf(logits[static_cast<std::size_t>(id)]);
      constraint.accept(id);
    }
    ids.push_back(id);
    ended = parts.tokenizer->is_end_of_generation(id);
  }
  const auto read =
      edit::read_script(ids, parts.tokens, *parts.tokenizer, {edit::split_lines(region), 1});
  if (is_allowed && ended && !read) std::abort();
  return 0;
}
