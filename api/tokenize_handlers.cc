// POST /tokenize and /detokenize, in the shapes of llama-server. Any thread.
#include <utility>

#include "api/handlers.h"
#include "api/json_writer.h"
#include "api/tokenize_wire.h"
#include "base/utf8.h"

namespace cromwell::api {
namespace {

JsonOut piece_json(const tokenizer::Tokenizer& tokenizer, tokenizer::TokenId id) {
  const std::string_view bytes = tokenizer.bytes(id);
  JsonOut object;
  object["id"] = id;
  if (base::is_utf8(bytes)) {
    object["piece"] = bytes;
  } else {
    object["piece"] = bytes_json(bytes);
  }
  return object;
}

}  // namespace

void handle_tokenize(Call call) {
  auto body = read_body(tokenize_fields(), call.request);
  if (!body) return call.fail(body.error());
  const tokenizer::Encoding encoding = call.parts().tokenizer->encode(
      body->content, {.parse_special = body->parse_special, .add_bos = body->add_special});
  JsonOut answer;
  answer["tokens"] = JsonOut::array();
  for (const tokenizer::TokenId id : encoding.ids) {
    answer["tokens"].push_back(body->with_pieces ? piece_json(*call.parts().tokenizer, id)
                                                 : JsonOut(id));
  }
  if (!encoding.unencodable.empty()) answer["unencodable"] = encoding.unencodable;
  call.answer(answer);
}

void handle_detokenize(Call call) {
  auto body = read_body(detokenize_fields(), call.request);
  if (!body) return call.fail(body.error());
  const tokenizer::Tokenizer& tokenizer = *call.parts().tokenizer;
  for (std::size_t i = 0; i < body->tokens.size(); ++i) {
    if (body->tokens[i] >= tokenizer.vocab_size()) {
      return call.fail(
          wrong_value("tokens[" + std::to_string(i) + "]",
                      integer_text("0", std::to_string(tokenizer.vocab_size() - 1), true),
                      std::to_string(body->tokens[i])));
    }
  }
  JsonOut answer;
  answer["content"] = tokenizer.decode(body->tokens);
  call.answer(answer);
}

}  // namespace cromwell::api
