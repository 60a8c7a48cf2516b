// Protocol: how a model is asked for an edit and how its answer is read. render() turns region and
// instruction into token ids, constraint() says which tokens the answer may hold, draft() what is
// guessed of it, parse() turns the answer into the region's new text. Stateless; any thread may
// call it. Not here: whether the answer is a good edit (edit/answer_check).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "edit/region.h"
#include "engine/constraint.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

// Something of the workspace that the model sees beside the region.
struct PromptNote {
  std::string title;  // "Lines 3 to 9 of util.py"
  std::string text;   // lines ended by \n
};

struct PromptInput {
  std::string_view file;  // relative path, for the language and the model
  std::string_view instruction;
  const Region& region;
  std::string_view surroundings;  // lines of the file around the region, may be empty
  std::vector<PromptNote> notes;  // before the region: they do not depend on the instruction
  std::vector<PromptNote> instruction_notes;  // after it
};

// How the model reads text and conversations.
struct PromptModel {
  const tokenizer::Tokenizer& tokenizer;
  const tokenizer::ChatTemplate& chat_template;
};

struct Prompt {
  std::vector<tokenizer::TokenId> ids;
  std::string opening;            // where the answer proper begins, written by us, part of `ids`
  std::vector<std::string> stop;  // strings that end the answer
  std::string shown;              // the region as the prompt shows it
};

// What the model wrote, without the opening and the stop string.
struct Answer {
  std::string_view text;  // lines ended by \n; special tokens have no text
  std::span<const tokenizer::TokenId> ids;
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual std::string_view name() const = 0;

  // kUnencodableText if the vocabulary lacks a byte of the region, the context or the instruction.
  virtual base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const = 0;

  // Which tokens the answer may hold; null: all. One per generation.
  virtual std::unique_ptr<engine::Constraint> constraint(
      const Prompt& /*prompt*/, std::shared_ptr<const tokenizer::Tokenizer> /*tokenizer*/) const {
    return nullptr;
  }

  // The answer that makes the region's shown text into `shown`: with the old text, what the model
  // repeats where it changes nothing, and so what is guessed of its answer.
  virtual std::string draft(const Prompt& prompt, std::string_view shown) const = 0;

  // The region's shown text as the model wants it, lines ended by \n. kNoValidEdit if the answer
  // lacks the protocol's form.
  virtual base::Result<std::string> parse(const Prompt& prompt, const Answer& answer) const = 0;
};

// The protocol of that name, the default for an empty one; kInvalidRequest names those there are.
base::Result<const Protocol*> find_protocol(std::string_view name);

}  // namespace cromwell::edit
