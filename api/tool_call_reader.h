// ToolCallReader: tells the calls of tools in an answer from its text, while the answer comes. What
// only looks like a call (another name, no object of arguments) is text. Not here: how calls are
// shown (api/chat_shape, api/ollama_format). One thread at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/chat_template.h"

namespace cromwell::api {

struct AnswerPart {
  enum class Kind {
    kText,
    kCall,       // `text` is the tool's name
    kArguments,  // a piece of the JSON text of the call's arguments
    kCallEnd,    // and they are all there
  };
  Kind kind = Kind::kText;
  std::string text;
};

class ToolCallReader {
 public:
  ToolCallReader(const tokenizer::ToolForm& form, std::vector<std::string> names);

  // What has become certain with this piece of the answer.
  std::vector<AnswerPart> push(std::string_view piece);
  // What is left where the answer ends.
  std::vector<AnswerPart> finish();
  bool has_calls() const { return has_calls_; }

 private:
  enum class State {
    kText,       // of the answer
    kHead,       // of a call, up to its arguments
    kArguments,  // of a call, up to the brace that closes them
    kTail,       // of a call, up to its end
  };
  // Each takes what it can from pending_; false: it needs more.
  bool read_text();
  bool read_head();
  bool read_arguments();
  bool read_tail();

  void add(AnswerPart::Kind kind, std::string text);
  void add_text(std::string_view text);
  void read_odd_call(std::string_view call, std::string_view text);
  bool is_known(const std::string& name) const;

  const tokenizer::ToolForm form_;
  const std::vector<std::string> names_;
  State state_;
  std::string pending_;  // of the answer, not yet told
  std::string blank_;    // white space that is text unless a call follows
  int depth_ = 0;        // of braces and brackets in the arguments
  bool in_string_ = false, escaped_ = false;
  bool has_calls_ = false;
  std::vector<AnswerPart> parts_;
};

}  // namespace cromwell::api
