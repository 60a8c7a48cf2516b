#include "api/tokenize_wire.h"

#include "api/limits.h"

namespace cromwell::api {

const FieldTable<TokenizeBody>& tokenize_fields() {
  using Body = TokenizeBody;
  static const auto table =
      FieldTable<Body>()
          .text("content", &Body::content, {0, kMaxPromptBytes}, "The text.")
          .required()
          .boolean("add_special", &Body::add_special,
                   "Put the beginning-of-text token first, where the vocabulary says so.")
          .boolean("parse_special", &Body::parse_special,
                   "Special tokens that are spelled out in the text become such.")
          .boolean("with_pieces", &Body::with_pieces, "Each token as an id and its text.");
  return table;
}

const FieldTable<DetokenizeBody>& detokenize_fields() {
  static const auto table =
      FieldTable<DetokenizeBody>()
          .ids("tokens", &DetokenizeBody::tokens, {0, kMaxPromptTokens}, "Token ids.")
          .required();
  return table;
}

JsonOut tokens_schema() {
  const JsonOut piece = schema::object(
      {{"id", schema::integer()},
       {"piece", schema::any_of({schema::text(), schema::list(schema::integer())},
                                "the text, or its bytes where those are no UTF-8")}});
  return schema::object(
      {{"tokens", schema::list(schema::any_of({schema::integer(), piece}))},
       {"unencodable",
        schema::list(schema::integer(),
                     "offsets of bytes that no token represents; absent where there are none"),
        true}});
}

JsonOut content_schema() {
  return schema::object({{"content", schema::text("bytes that are no UTF-8 are shown as U+FFFD")}});
}

}  // namespace cromwell::api
