#include "edit/script.h"

#include <utility>

#include "edit/edit_script.h"
#include "edit/lines.h"
#include "edit/prompt_text.h"
#include "edit/script_constraint.h"

namespace cromwell::edit {
namespace {

using tokenizer::TokenId;

// A prompt in pieces, so that no text of them becomes a token of ours.
class PromptWriter {
 public:
  explicit PromptWriter(const tokenizer::Tokenizer& tokenizer) : tokenizer_(tokenizer) {
    ids_ = tokenizer.encode("", {.add_bos = true}).ids;
  }
  std::size_t size() const { return ids_.size(); }
  void mark(TokenId id) { ids_.push_back(id); }
  void add(const TokenIds& ids) { ids_.insert(ids_.end(), ids.begin(), ids.end()); }
  void write(std::string_view text) {
    const tokenizer::Encoding encoded = tokenizer_.encode(text, {.continues = true});
    is_encodable_ = is_encodable_ && encoded.unencodable.empty();
    ids_.insert(ids_.end(), encoded.ids.begin(), encoded.ids.end());
  }
  base::Result<TokenIds> take() {
    if (is_encodable_) return std::move(ids_);
    return base::Error{.code = base::ErrorCode::kUnencodableText,
                       .message =
                           "the prompt holds a character that the model's vocabulary has no "
                           "token for"};
  }

 private:
  const tokenizer::Tokenizer& tokenizer_;
  TokenIds ids_;
  bool is_encodable_ = true;
};

}  // namespace

base::Result<> Script::check_model(const tokenizer::Tokenizer& tokenizer) const {
  if (find_script_tokens(tokenizer)) return {};
  return base::Error{.code = base::ErrorCode::kInvalidRequest,
                     .message =
                         "protocol: script is for models whose vocabulary has the tokens <FILE>, "
                         "<EDIT>, </EDIT>, <DIFF>, <INS> and <DEL>, and this one's has not",
                     .param = "protocol"};
}

base::Result<Prompt> Script::render(const PromptInput& input, const PromptModel& model) const {
  CROMWELL_TRY(check_model(model.tokenizer));
  const ScriptTokens tokens = *find_script_tokens(model.tokenizer);
  PromptWriter writer(model.tokenizer);
  const auto add_file = [&](std::string_view title, std::string_view text) {
    writer.mark(tokens.file);
    writer.write(std::string(title) + "\n" + std::string(text));
  };
  for (const PromptNote& note : input.notes) add_file(note.title, note.text);
  for (const PromptRegion& one : regions_of(input)) {
    if (!one.surroundings.empty()) {
      add_file("A part of " + std::string(one.file), one.surroundings);
    }
    add_file(one.file, "");
    writer.mark(tokens.edit);
    writer.write(one.region->shown);
    writer.mark(tokens.edit_end);
  }
  for (const PromptNote& note : input.instruction_notes) add_file(note.title, note.text);
  writer.write(std::string(without_blank_ends(input.instruction)) + "\n");
  writer.mark(tokens.diff);

  Prompt prompt;
  prompt.answer_begins = writer.size();
  if (!input.all.empty()) {
    writer.add(input.answered);
    add_file(input.file, "");
  }
  CROMWELL_ASSIGN(prompt.ids, writer.take());
  prompt.shown = input.region.shown;
  return prompt;
}

std::unique_ptr<engine::Constraint> Script::constraint(const Prompt& prompt,
                                                       const ConstraintParts& parts) const {
  const auto tokens = find_script_tokens(*parts.tokenizer);
  if (!tokens) return nullptr;
  return std::make_unique<ScriptConstraint>(prompt.shown, *tokens, parts.tokenizer,
                                            parts.trie->of(*parts.tokenizer));
}

TokenIds Script::spelt(const tokenizer::Tokenizer& tokenizer) const {
  const auto tokens = find_script_tokens(tokenizer);
  return tokens ? TokenIds{tokens->ins, tokens->del} : TokenIds();
}

base::Result<TokenIds> Script::answer_for(const Prompt& prompt, std::string_view shown,
                                          const tokenizer::Tokenizer& tokenizer) const {
  CROMWELL_TRY(check_model(tokenizer));
  return write_script(prompt.shown, shown, *find_script_tokens(tokenizer), tokenizer);
}

TokenIds Script::between_files(const tokenizer::Tokenizer& tokenizer) const {
  const auto end = end_of_answer(tokenizer);
  return end ? TokenIds{*end} : TokenIds();
}

TokenIds Script::draft(const Prompt& prompt, const tokenizer::Tokenizer& tokenizer) const {
  return tokenizer.encode(prompt.shown, {.continues = true}).ids;
}

base::Result<std::string> Script::parse(const Prompt& prompt, const Answer& answer,
                                        const tokenizer::Tokenizer& tokenizer) const {
  CROMWELL_TRY(check_model(tokenizer));
  const ScriptedLines region{split_lines(prompt.shown), prompt.first_line};
  CROMWELL_ASSIGN(const auto blocks,
                  read_script(answer.ids, *find_script_tokens(tokenizer), tokenizer, region));
  return replace_blocks(region.lines, blocks);
}

}  // namespace cromwell::edit
