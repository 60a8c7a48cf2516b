#include "api/chat_shape.h"

#include <utility>

#include "api/logprobs.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

class ChatShape final : public AnswerShape {
 public:
  ChatShape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer, ChatShapeOptions options)
      : options_(options), writer_(std::move(tokenizer)) {}

  std::string_view whole_object() const override { return "chat.completion"; }
  std::string_view piece_object() const override { return "chat.completion.chunk"; }
  JsonOut opening() override { return choice("delta", {}, true, nullptr); }
  JsonOut echo(const Piece& prompt) override { return piece(prompt); }
  JsonOut piece(const Piece& piece) override { return choice("delta", piece, false, nullptr); }
  JsonOut last(const Piece& piece, const Ending& ending) override {
    return choice("delta", piece, false, &ending);
  }
  JsonOut whole(const Piece&, const Piece& answer, const Ending& ending) override {
    return choice("message", answer, true, &ending);
  }

 private:
  JsonOut choice(const char* part, const Piece& piece, bool with_role, const Ending* ending) {
    JsonOut object;
    object["index"] = options_.index;
    object[part] = JsonOut::object();
    if (with_role) object[part]["role"] = "assistant";
    object[part]["content"] = piece.text;
    object["logprobs"] = options_.logprobs ? writer_.chat(piece.tokens) : JsonOut();
    object["finish_reason"] = ending == nullptr ? JsonOut() : JsonOut(ending->finish_reason);
    object["stop_reason"] =
        ending == nullptr || ending->stop_match.empty() ? JsonOut() : JsonOut(ending->stop_match);
    if (options_.token_ids) {
      object["token_ids"] = JsonOut::array();
      for (const engine::ScoredToken& token : piece.tokens) object["token_ids"].push_back(token.id);
    }
    return object;
  }

  ChatShapeOptions options_;
  LogprobWriter writer_;
};

JsonOut choice_schema(const char* part, bool has_role) {
  const JsonOut message =
      schema::object({{"role", schema::text(), !has_role}, {"content", schema::text()}});
  return schema::object(
      {{"index", schema::integer()},
       {part, message},
       {"logprobs", schema::nullable(chat_logprobs_schema())},
       {"finish_reason", schema::nullable(schema::one_of_texts({"stop", "length"}))},
       {"stop_reason", schema::nullable(schema::text("the stop string that ended it"))},
       {"token_ids", schema::list(schema::integer()), true}});
}

}  // namespace

std::unique_ptr<AnswerShape> make_chat_shape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                                             ChatShapeOptions options) {
  return std::make_unique<ChatShape>(std::move(tokenizer), options);
}

JsonOut chat_choice_schema() { return choice_schema("message", true); }
JsonOut chat_piece_schema() { return choice_schema("delta", false); }

}  // namespace cromwell::api
