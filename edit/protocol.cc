#include "edit/protocol.h"

#include <algorithm>

#include "edit/fim.h"
#include "edit/rewrite.h"
#include "edit/script.h"
#include "edit/search_replace.h"
#include "edit/whole.h"

namespace cromwell::edit {
namespace {

const std::vector<const Protocol*>& all_protocols() {
  static const Rewrite rewrite;
  static const SearchReplace search_replace;
  static const Script script;
  static const Fim fim;
  static const Whole whole;
  static const std::vector<const Protocol*> all = {&rewrite, &search_replace, &script, &fim,
                                                   &whole};
  return all;
}

}  // namespace

TokenIds Protocol::between_files(const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode("\n\n", {.continues = true}).ids;
}

TokenIds answer_so_far(const Protocol& protocol, const Prompt& prompt, std::string_view shown,
                       std::span<const tokenizer::TokenId> answer,
                       const tokenizer::Tokenizer& tokenizer) {
  TokenIds ids(prompt.ids.begin() + static_cast<std::ptrdiff_t>(prompt.answer_begins),
               prompt.ids.end());
  if (const auto trained = protocol.answer_for(prompt, shown, tokenizer)) {
    ids.insert(ids.end(), trained->begin(), trained->end());
  } else {
    ids.insert(ids.end(), answer.begin(), answer.end());
  }
  const TokenIds between = protocol.between_files(tokenizer);
  ids.insert(ids.end(), between.begin(), between.end());
  return ids;
}

const std::vector<std::string>& protocol_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Protocol* protocol : all_protocols()) all.emplace_back(protocol->name());
    return all;
  }();
  return names;
}

base::Result<const Protocol*> find_protocol(std::string_view name) {
  const auto& all = all_protocols();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Protocol* one) { return one->name() == name; });
  if (found != all.end()) return *found;
  std::string expected;
  for (const std::string& known : protocol_names()) {
    expected += (expected.empty() ? "" : ", ") + known;
  }
  return base::Error{.code = base::ErrorCode::kInvalidRequest,
                     .message = "protocol: expected one of " + expected + ", found another",
                     .param = "protocol"};
}

const Protocol& default_protocol(std::string_view of_model, const tokenizer::Tokenizer& tokenizer) {
  const auto named = find_protocol(of_model);
  return named && (*named)->check_model(tokenizer) ? **named : *all_protocols().front();
}

}  // namespace cromwell::edit
