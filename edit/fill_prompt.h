// FillPrompt: what a model is shown that fills in text at a place: with the fill-in-the-middle
// tokens of its vocabulary, or, for a model without them, a prompt made of plain text whose answer
// ends where the text after the place begins. Fits any budget: other files go first, then the far
// ends of what stands before and after the place. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::edit {

struct FillNote {  // a part of another file, or of this one
  std::string name;
  std::string text;
};

struct FillText {
  std::string file;    // its name, may be empty
  std::string before;  // the place
  std::string after;
  std::vector<FillNote> notes;  // likeliest to matter last
};

struct FillPrompt {
  std::vector<tokenizer::TokenId> ids;
  std::vector<std::string> stop;           // strings that end the answer
  std::vector<std::string> used, dropped;  // notes by name, likeliest to matter first
  bool is_cut = false;                     // of what stands before and after the place

  bool is_whole() const { return dropped.empty() && !is_cut; }
};

inline constexpr int kMinFillTokens = 16;

// At most `max_tokens` of ids, which are at least kMinFillTokens. kUnencodableText if the
// vocabulary lacks a byte of what is shown.
base::Result<FillPrompt> make_fill_prompt(const FillText& text, int max_tokens,
                                          const tokenizer::Tokenizer& tokenizer);

}  // namespace cromwell::edit
