#include "edit/edit_script.h"

#include <algorithm>
#include <utility>

#include "edit/lines.h"
#include "edit/refusal.h"

namespace cromwell::edit {
namespace {

using tokenizer::TokenId;
using Lines = std::vector<std::string_view>;

// The first place at or after `from` where the run stands; -1 if there is none.
int place_of(const Lines& lines, const Lines& run, int from) {
  if (run.empty()) return from;
  const auto found = std::search(lines.begin() + from, lines.end(), run.begin(), run.end());
  return found == lines.end() ? -1 : static_cast<int>(found - lines.begin());
}

// Bytes of tokens as text: half a character becomes U+FFFD, which the answer's check refuses.
std::string text_of(const std::string& bytes) {
  tokenizer::StreamDecoder decoder;
  std::string text;
  decoder.push(bytes, text);
  decoder.finish(text);
  return with_lf(text);
}

class ScriptReader {
 public:
  ScriptReader(const ScriptTokens& tokens, const tokenizer::Tokenizer& tokenizer,
               const ScriptedLines& region)
      : tokens_(tokens), tokenizer_(tokenizer), region_(region) {}

  base::Result<> take(TokenId id) {
    if (id == tokens_.del) return begin_deletion();
    if (id == tokens_.ins) return begin_insertion();
    if (tokenizer_.is_special(id)) {
      return refused("the script holds " + std::string(tokenizer_.bytes(id)));
    }
    if (part_ == Part::kNone) return refused("text stands before the script's first change");
    (part_ == Part::kDeletion ? deleted_ : inserted_).append(tokenizer_.bytes(id));
    return {};
  }
  base::Result<std::vector<LineBlock>> finish() {
    if (part_ != Part::kNone) CROMWELL_TRY(end_change());
    return std::move(blocks_);
  }

 private:
  enum class Part { kNone, kDeletion, kInsertion };

  base::Error bad(const std::string& what) const {
    return refused("change " + std::to_string(blocks_.size() + 1) + ": " + what);
  }
  base::Result<> begin_deletion() {
    if (part_ != Part::kNone) CROMWELL_TRY(end_change());
    part_ = Part::kDeletion;
    return {};
  }
  base::Result<> begin_insertion() {
    if (part_ == Part::kInsertion) return bad("it has two insertions");
    if (part_ == Part::kNone && !region_.lines.empty()) {
      return bad("it does not say which lines it follows");
    }
    part_ = Part::kInsertion;
    return {};
  }
  base::Result<> end_change() {
    const std::string deleted = text_of(std::exchange(deleted_, {}));
    const std::string inserted = text_of(std::exchange(inserted_, {}));
    for (const std::string* text : {&deleted, &inserted}) {
      if (!text->empty() && !text->ends_with('\n')) return bad("its last line does not end");
    }
    const Lines run = split_lines(deleted);
    if (run.empty() && !region_.lines.empty()) return bad("it deletes no line");
    const int place = place_of(region_.lines, run, from_);
    if (place < 0) return not_found(run);
    LineBlock block{.begin = place, .count = static_cast<int>(run.size())};
    for (std::string_view line : split_lines(inserted)) block.lines.emplace_back(line);
    from_ = place + block.count;
    blocks_.push_back(std::move(block));
    part_ = Part::kNone;
    return {};
  }
  base::Error not_found(const Lines& run) const {
    constexpr std::size_t kShownBytes = 60;
    const int last = region_.first_line + static_cast<int>(region_.lines.size()) - 1;
    return bad("the lines that it deletes do not stand in lines " +
               std::to_string(region_.first_line + from_) + " to " + std::to_string(last) + ": \"" +
               std::string(run.front().substr(0, kShownBytes)) + "\"");
  }

  const ScriptTokens& tokens_;
  const tokenizer::Tokenizer& tokenizer_;
  const ScriptedLines& region_;
  Part part_ = Part::kNone;
  std::string deleted_, inserted_;
  int from_ = 0;  // the line after the change before
  std::vector<LineBlock> blocks_;
};

}  // namespace

std::optional<ScriptTokens> find_script_tokens(const tokenizer::Tokenizer& tokenizer) {
  ScriptTokens tokens;
  const std::pair<const char*, TokenId*> named[] = {
      {"<FILE>", &tokens.file}, {"<EDIT>", &tokens.edit}, {"</EDIT>", &tokens.edit_end},
      {"<DIFF>", &tokens.diff}, {"<INS>", &tokens.ins},   {"<DEL>", &tokens.del}};
  for (const auto& [spelling, id] : named) {
    const auto found = tokenizer.find(spelling);
    if (!found || !tokenizer.is_special(*found)) return std::nullopt;
    *id = *found;
  }
  return tokens;
}

base::Result<std::vector<LineBlock>> read_script(std::span<const TokenId> ids,
                                                 const ScriptTokens& tokens,
                                                 const tokenizer::Tokenizer& tokenizer,
                                                 const ScriptedLines& region) {
  ScriptReader reader(tokens, tokenizer, region);
  for (const TokenId id : ids) {
    if (tokenizer.is_end_of_generation(id)) break;
    CROMWELL_TRY(reader.take(id));
  }
  return reader.finish();
}

base::Result<std::vector<TokenId>> write_script(std::string_view old_text,
                                                std::string_view new_text,
                                                const ScriptTokens& tokens,
                                                const tokenizer::Tokenizer& tokenizer) {
  const Lines old_lines = split_lines(old_text);
  const auto run_of = [&](const LineBlock& block) {
    const auto first = old_lines.begin() + block.begin;
    return Lines(first, first + block.count);
  };
  CROMWELL_ASSIGN(const auto blocks,
                  find_blocks(old_text, new_text, [&](const LineBlock& block, int from) {
                    return place_of(old_lines, run_of(block), from) == block.begin;
                  }));
  std::vector<TokenId> ids;
  const auto add = [&](TokenId marker, const Lines& lines) {
    if (lines.empty()) return;
    ids.push_back(marker);
    const auto text = tokenizer.encode(join_lines(lines), {.continues = true}).ids;
    ids.insert(ids.end(), text.begin(), text.end());
  };
  for (const LineBlock& block : blocks) {
    add(tokens.del, run_of(block));
    add(tokens.ins, Lines(block.lines.begin(), block.lines.end()));
  }
  return ids;
}

}  // namespace cromwell::edit
