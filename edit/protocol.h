// Protocol: how a model is asked for an edit and how its answer is read. render() turns region and
// instruction into token ids, constraint() says which tokens the answer may hold, draft() what is
// guessed of it, parse() turns the answer into the region's new text. Stateless; any thread may
// call it. Not here: whether the answer is a good edit (edit/answer_check).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "edit/region.h"
#include "engine/constraint.h"
#include "engine/token_trie.h"
#include "tokenizer/chat_template.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

using TokenIds = std::vector<tokenizer::TokenId>;

// Something of the workspace that the model sees beside the region.
struct PromptNote {
  std::string title;  // "Lines 3 to 9 of util.py"
  std::string text;   // lines ended by \n
};

// One of the regions that an edit of several files may change.
struct PromptRegion {
  std::string_view file;
  const Region* region = nullptr;
  std::string_view surroundings;
};

struct PromptInput {
  std::string_view file;  // relative path, for the language and the model
  std::string_view instruction;
  const Region& region;
  std::string_view surroundings;  // lines of the file around the region, may be empty
  std::vector<PromptNote> notes;  // before the region: they do not depend on the instruction
  std::vector<PromptNote> instruction_notes;  // after it
  std::string_view above, below;              // all lines of the file before and after the region
  // In an edit of several files all regions, this one too, in the order in which they are asked
  // for, and the answer for those before it as answer_so_far() has it.
  std::vector<PromptRegion> all = {};
  TokenIds answered = {};
};

// How the model reads text and conversations.
struct PromptModel {
  const tokenizer::Tokenizer& tokenizer;
  const tokenizer::ChatTemplate& chat_template;
  int context_length = 0;
};

// The texts on both sides of an answer that fills a gap, as the model sees them.
struct PromptGap {
  std::string before, after;
  std::size_t head = 0, tail = 0;  // bytes next to the gap that are the region's own, and stay
};

struct Prompt {
  TokenIds ids;
  std::string opening;            // where the answer proper begins, written by us, part of `ids`
  std::vector<std::string> stop;  // strings that end the answer
  std::string shown;              // the region as the prompt shows it
  bool is_prose = false;          // which may hold fences as what it says
  PromptGap gap;                  // of protocols that fill one
  int first_line = 1;             // number of the line of the file that `shown` begins with
  std::size_t answer_begins = 0;  // in `ids`: where the question ends
};

// What the model wrote, without the opening and the stop string.
struct Answer {
  std::string_view text;  // lines ended by \n
  std::span<const tokenizer::TokenId> ids;
};

struct ConstraintParts {
  std::shared_ptr<const tokenizer::Tokenizer> tokenizer;
  std::shared_ptr<engine::LazyTrie> trie;
};

enum class RegionKind {
  kSelection,  // the selection, what the instruction names, or the file; as edit/region shows it
  kWholeFile,  // the file; a selection is refused
  kExact,      // the lines of the selection or of the cursor, to the last blank
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual std::string_view name() const = 0;
  virtual RegionKind region_kind() const { return RegionKind::kSelection; }
  // Regions of several files can be asked for one after the other, as parts of one answer.
  virtual bool takes_several_files() const { return true; }
  // kInvalidRequest if the model lacks what the protocol needs.
  virtual base::Result<> check_model(const tokenizer::Tokenizer& /*tokenizer*/) const { return {}; }

  // kUnencodableText if the vocabulary lacks a byte of the region, the context or the instruction.
  virtual base::Result<Prompt> render(const PromptInput& input, const PromptModel& model) const = 0;

  // Which tokens the answer may hold; null: all. One per generation.
  virtual std::unique_ptr<engine::Constraint> constraint(const Prompt& /*prompt*/,
                                                         const ConstraintParts& /*parts*/) const {
    return nullptr;
  }

  // Special tokens that are part of the answer's text, by their spelling; others have no text.
  virtual TokenIds spelt(const tokenizer::Tokenizer& /*tokenizer*/) const { return {}; }

  // The answer that makes the region's shown text into `shown`: what models are trained on, and
  // what is guessed where a client says how the region will be. kInvalidRequest where no answer
  // does.
  virtual base::Result<TokenIds> answer_for(const Prompt& prompt, std::string_view shown,
                                            const tokenizer::Tokenizer& tokenizer) const = 0;
  // What stands between the answer for one file and the opening of the next one's.
  virtual TokenIds between_files(const tokenizer::Tokenizer& tokenizer) const;
  // What is guessed of the answer where nothing is known of it: lines that it repeats.
  virtual TokenIds draft(const Prompt& prompt, const tokenizer::Tokenizer& tokenizer) const {
    auto answer = answer_for(prompt, prompt.shown, tokenizer);
    return answer ? std::move(*answer) : TokenIds();
  }

  // Where in an answer that is still being written the region's shown text begins, if from there on
  // it is that text and nothing else; none: not known yet, or the answer is of another form.
  virtual std::optional<std::size_t> region_begins(const Prompt& /*prompt*/,
                                                   std::string_view /*answer*/) const {
    return std::nullopt;
  }

  // Where `answer` was no edit, and it explained first and then began what was not asked for (a
  // block of its own), so that it was ended there: the prompt with which the model goes on in the
  // answer's form.
  virtual std::optional<Prompt> after_explanation(const Prompt& /*prompt*/,
                                                  std::string_view /*answer*/,
                                                  const tokenizer::Tokenizer& /*tokenizer*/) const {
    return std::nullopt;
  }

  // The region's shown text as the model wants it, lines ended by \n. kNoValidEdit if the answer
  // lacks the protocol's form.
  virtual base::Result<std::string> parse(const Prompt& prompt, const Answer& answer,
                                          const tokenizer::Tokenizer& tokenizer) const = 0;
};

// All of the answer from the question's end to where the next file's opening belongs, once
// `answer` was given to `prompt` and makes its region into `shown`. It is put down as models are
// trained to say it, where there is such a form.
TokenIds answer_so_far(const Protocol& protocol, const Prompt& prompt, std::string_view shown,
                       std::span<const tokenizer::TokenId> answer,
                       const tokenizer::Tokenizer& tokenizer);

const std::vector<std::string>& protocol_names();
// kInvalidRequest names those there are.
base::Result<const Protocol*> find_protocol(std::string_view name);

// What is used where a request names none: what the model's file says (cromwell.edit_protocol), if
// it knows of such a protocol and has what that needs; else "rewrite". See docs/edit_protocols.md.
const Protocol& default_protocol(std::string_view of_model, const tokenizer::Tokenizer& tokenizer);

}  // namespace cromwell::edit
