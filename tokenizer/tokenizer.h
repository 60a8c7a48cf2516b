// Tokenizer: text <-> token ids, byte-level BPE or SentencePiece as the vocabulary's file defines
// it. Immutable
// after construction; any thread may call it. Not here: where a vocabulary is read from
// (engine/gguf_vocabulary for a GGUF, tokenizer/hf_json for a tokenizer.json) and chat templates
// (tokenizer/chat_template).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cromwell::tokenizer {

using TokenId = std::int32_t;

enum class TokenKind : std::uint8_t {  // numbered as tokenizer.ggml.token_type
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

// One step of a pre-tokenizer that has no name of ours (a tokenizer.json may spell out anything):
// each piece of the step before is cut further.
struct PreTokenizerStep {
  enum class Kind {
    kPattern,  // each match of `pattern`, a PCRE2 regular expression, is a piece, and so is a gap
    kDigits,   // each digit is a piece
    kGpt2,     // GPT-2's words
  };
  Kind kind = Kind::kPattern;
  std::string pattern;
};

// What a file says, as plain data; Tokenizer::create checks it.
struct Vocabulary {
  std::string model = "gpt2";  // tokenizer.ggml.model; "llama" is SentencePiece
  std::string pre_tokenizer;   // tokenizer.ggml.pre: "smollm", "qwen2", ...
  std::vector<PreTokenizerStep> pre_tokenizer_steps;  // instead of a name, where that is empty
  std::vector<std::string> tokens;                    // in the file's spelling (byte-level: "Ġthe")
  std::vector<TokenKind> kinds;                       // same length, or empty: all normal
  std::vector<std::string> merges;  // "Ġ t", in order of priority; byte-level only
  std::vector<float> scores;        // same length as tokens; SentencePiece only
  std::optional<TokenId> bos, eos, eot, unk, pad;
  bool add_bos = false;
  bool add_eos = false;
  // A word that is a token as it stands is taken whole, whatever the merges would make of it.
  // Where not said, the pre-tokenizer's name decides.
  std::optional<bool> ignore_merges;
  bool emit_unk = false;          // a byte without a token becomes `unk` (tokenizer.json only)
  bool normalize_nfc = false;     // text is brought to Unicode's form C first (tokenizer.json only)
  bool add_prefix_space = false;  // before a text that begins with none (tokenizer.json only)
  bool add_dummy_prefix = false;  // a space before a text and after a control token (SentencePiece)
  std::string chat_template;      // Jinja text, may be empty
};

struct EncodeOptions {
  bool parse_special = false;  // "<|im_end|>" in the text becomes its token; else it is plain text
  bool add_bos = false;        // prepend bos where the vocabulary says add_bos
  bool add_eos = false;        // append eos where the vocabulary says add_eos
  bool continues = false;      // the text follows other text: no dummy prefix before it
};

struct Encoding {
  std::vector<TokenId> ids;
  // Byte offsets that no token represents (of the normalised text, where a vocabulary normalises).
  std::vector<std::size_t> unencodable;
};

class Tokenizer {
 public:
  static base::Result<std::shared_ptr<const Tokenizer>> create(Vocabulary vocabulary);
  ~Tokenizer();

  Encoding encode(std::string_view text, const EncodeOptions& options = {}) const;

  // The bytes of a token: those of its text for a normal one, its spelling for a special one.
  // Empty for an id outside the vocabulary.
  std::string_view bytes(TokenId id) const;
  // What encode() was given: without the dummy prefix, if the vocabulary puts one.
  std::string decode(const std::vector<TokenId>& ids, bool with_special = true) const;

  int vocab_size() const;
  bool is_special(TokenId id) const;            // control or unknown: never shown to a user
  bool is_end_of_generation(TokenId id) const;  // eos, eot, <|im_end|>, <|endoftext|>, ...
  std::optional<TokenId> find(std::string_view spelling) const;  // a special or literal token
  const Vocabulary& vocabulary() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Joins the bytes of successive tokens and lets out only whole UTF-8 characters. Bytes that can no
// longer become a character come out as U+FFFD, one for each maximal broken part.
class StreamDecoder {
 public:
  // Appends to `out` what became certain with these bytes.
  void push(std::string_view bytes, std::string& out);
  // What is left at the end of the text, as U+FFFD.
  void finish(std::string& out);

 private:
  std::string pending_;  // at most 3 bytes: the start of a character
};

}  // namespace cromwell::tokenizer
