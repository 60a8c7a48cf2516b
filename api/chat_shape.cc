#include "api/chat_shape.h"

#include <string>
#include <utility>

#include "api/ids.h"
#include "api/logprobs.h"
#include "api/schema.h"

namespace cromwell::api {
namespace {

// The part of a message, or of a stream's event, that says what the answer is.
class Message {
 public:
  explicit Message(int calls) : calls_(calls) {}

  void add(AnswerPart part) {
    using Kind = AnswerPart::Kind;
    if (part.kind == Kind::kText) {
      content += part.text;
    } else if (part.kind == Kind::kCall) {
      JsonOut call;
      call["index"] = calls_++;
      call["id"] = make_id("call_");
      call["type"] = "function";
      call["function"]["name"] = std::move(part.text);
      call["function"]["arguments"] = "";
      tool_calls.push_back(std::move(call));
    } else if (part.kind == Kind::kArguments) {
      if (tool_calls.empty()) tool_calls.push_back({{"index", calls_ - 1}});
      JsonOut& arguments = tool_calls.back()["function"]["arguments"];
      if (arguments.is_null()) arguments = "";
      arguments.get_ref<std::string&>() += part.text;
    }
  }
  int calls() const { return calls_; }

  std::string content;
  JsonOut tool_calls = JsonOut::array();

 private:
  int calls_;  // of the answer, with those before
};

class ChatShape final : public AnswerShape {
 public:
  ChatShape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer, ChatShapeOptions options)
      : options_(std::move(options)), writer_(std::move(tokenizer)) {}

  std::string_view whole_object() const override { return "chat.completion"; }
  std::string_view piece_object() const override { return "chat.completion.chunk"; }
  JsonOut opening() override {
    JsonOut delta;
    delta["role"] = "assistant";
    delta["content"] = "";
    return choice("delta", std::move(delta), {}, nullptr);
  }
  JsonOut echo(const Piece& prompt) override { return piece(prompt); }
  JsonOut piece(const Piece& piece) override {
    const Message message = read(piece, false);
    const bool says_nothing = message.content.empty() && message.tool_calls.empty();
    if (options_.tools && says_nothing && !options_.logprobs && !options_.token_ids) return nullptr;
    return choice("delta", delta_of(message), piece.tokens, nullptr);
  }
  JsonOut last(const Piece& piece, const Ending& ending) override {
    return choice("delta", delta_of(read(piece, true)), piece.tokens, &ending);
  }
  JsonOut whole(const Piece&, const Piece& answer, const Ending& ending) override {
    Message message = read(answer, true);
    JsonOut object;
    object["role"] = "assistant";
    object["content"] = message.content;
    if (!message.tool_calls.empty()) {
      if (message.content.empty()) object["content"] = nullptr;
      for (JsonOut& call : message.tool_calls) call.erase("index");
      object["tool_calls"] = std::move(message.tool_calls);
    }
    return choice("message", std::move(object), answer.tokens, &ending);
  }

 private:
  Message read(const Piece& piece, bool is_last) {
    Message message(calls_);
    if (!options_.tools) {
      message.content = piece.text;
      return message;
    }
    for (AnswerPart& part : options_.tools->push(piece.text)) message.add(std::move(part));
    if (is_last) {
      for (AnswerPart& part : options_.tools->finish()) message.add(std::move(part));
    }
    calls_ = message.calls();
    return message;
  }

  static JsonOut delta_of(const Message& message) {
    JsonOut delta = JsonOut::object();
    if (!message.content.empty() || message.tool_calls.empty()) delta["content"] = message.content;
    if (!message.tool_calls.empty()) delta["tool_calls"] = message.tool_calls;
    return delta;
  }

  JsonOut choice(const char* part, JsonOut message, const std::vector<engine::ScoredToken>& tokens,
                 const Ending* ending) {
    JsonOut object;
    object["index"] = options_.index;
    object[part] = std::move(message);
    object["logprobs"] = options_.logprobs ? writer_.chat(tokens) : JsonOut();
    object["finish_reason"] = ending == nullptr ? JsonOut() : JsonOut(finish_reason(*ending));
    object["stop_reason"] = ending == nullptr || ending->stop_match.empty() || calls_ > 0
                                ? JsonOut()
                                : JsonOut(ending->stop_match);
    if (options_.token_ids) {
      object["token_ids"] = JsonOut::array();
      for (const engine::ScoredToken& token : tokens) object["token_ids"].push_back(token.id);
    }
    return object;
  }

  std::string finish_reason(const Ending& ending) const {
    return calls_ > 0 && ending.finish_reason == "stop" ? "tool_calls" : ending.finish_reason;
  }

  ChatShapeOptions options_;
  LogprobWriter writer_;
  int calls_ = 0;  // begun so far
};

JsonOut call_schema(bool is_piece) {
  JsonOut call = schema::object(
      {{"id", schema::text(), is_piece},
       {"type", schema::one_of_texts({"function"}), is_piece},
       {"function",
        schema::object({{"name", schema::text(), is_piece},
                        {"arguments", schema::text("JSON; in a stream a piece of it")}})}},
      is_piece ? "A call's first event has its id and name, those that follow more of its "
                 "arguments."
               : "");
  if (is_piece) {
    call["properties"]["index"] = schema::integer("which call of the answer");
    call["required"].push_back("index");
  }
  return call;
}

JsonOut choice_schema(const char* part, bool is_piece) {
  const JsonOut message =
      schema::object({{"role", schema::text(), is_piece},
                      {"content", schema::nullable(schema::text()), is_piece},
                      {"tool_calls", schema::list(call_schema(is_piece)), true}});
  return schema::object(
      {{"index", schema::integer()},
       {part, message},
       {"logprobs", schema::nullable(chat_logprobs_schema())},
       {"finish_reason", schema::nullable(schema::one_of_texts({"stop", "length", "tool_calls"}))},
       {"stop_reason", schema::nullable(schema::text("the stop string that ended it"))},
       {"token_ids", schema::list(schema::integer()), true}});
}

}  // namespace

std::unique_ptr<AnswerShape> make_chat_shape(std::shared_ptr<const tokenizer::Tokenizer> tokenizer,
                                             ChatShapeOptions options) {
  return std::make_unique<ChatShape>(std::move(tokenizer), std::move(options));
}

JsonOut chat_choice_schema() { return choice_schema("message", false); }
JsonOut chat_piece_schema() { return choice_schema("delta", true); }

}  // namespace cromwell::api
