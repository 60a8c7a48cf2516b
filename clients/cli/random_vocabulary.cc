#include "clients/cli/random_vocabulary.h"

#include <iterator>
#include <utility>

#include "clients/cli/vocabulary_keys.h"
#include "tokenizer/byte_alphabet.h"
#include "tokenizer/tokenizer.h"

namespace cromwell::cli {
namespace {

constexpr const char* kSpecials[] = {"<BOS>",  "<EOS>",        "<PAD>",     "<FILE>",
                                     "<EDIT>", "</EDIT>",      "<DIFF>",    "<INS>",
                                     "<DEL>",  "<|im_start|>", "<|im_end|>"};
constexpr std::size_t kBos = 0;
constexpr std::size_t kEos = 1;
constexpr std::size_t kPad = 2;

constexpr const char* kChatTemplate =
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' "
    "}}{% endif %}";

// Tokens and the merges that make them, up to a number of tokens.
class Words {
 public:
  explicit Words(std::size_t limit) : limit_(limit) {
    for (int byte = 0; byte < 256; ++byte) {
      tokens.push_back(tokenizer::spelling_of_bytes(std::string(1, static_cast<char>(byte))));
    }
    add_groups();
  }

  std::vector<std::string> tokens;
  std::vector<std::string> merges;

 private:
  void merge(const std::string& left, const std::string& right) {
    if (tokens.size() >= limit_) return;
    tokens.push_back(left + right);
    merges.push_back(left + " " + right);
  }

  void add_groups() {
    std::vector<std::string> letters;
    for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
    const std::string space = tokenizer::spelling_of_bytes(" ");
    std::vector<std::string> pairs;
    for (const std::string& a : letters) {
      for (const std::string& b : letters) {
        merge(a, b);
        pairs.push_back(a + b);
      }
    }
    for (const std::string& pair : pairs) merge(space, pair);
    for (const std::string& pair : pairs) {
      for (const std::string& letter : letters) merge(pair, letter);
    }
    for (const std::string& pair : pairs) {
      for (const std::string& letter : letters) merge(space + pair, letter);
    }
    for (const std::string& left : pairs) {
      for (const std::string& right : pairs) merge(left, right);
    }
  }

  const std::size_t limit_;
};

}  // namespace

base::Result<> add_random_vocabulary(int tokens, model::GgufWriter& writer) {
  const auto refuse = [&](const std::string& expected) {
    return base::Error{base::ErrorCode::kInvalidRequest,
                       "vocab is " + std::to_string(tokens) + ", expected " + expected, "vocab"};
  };
  if (tokens < kMinRandomVocabulary) {
    return refuse("at least " + std::to_string(kMinRandomVocabulary));
  }
  const auto size = static_cast<std::size_t>(tokens);
  Words words(size - std::size(kSpecials));
  const std::size_t normal = words.tokens.size();
  if (normal + std::size(kSpecials) < size) {
    return refuse("at most " + std::to_string(normal + std::size(kSpecials)));
  }
  tokenizer::Vocabulary vocabulary;
  vocabulary.pre_tokenizer = "gpt-2";
  vocabulary.kinds.assign(normal, tokenizer::TokenKind::kNormal);
  vocabulary.kinds.resize(size, tokenizer::TokenKind::kControl);
  words.tokens.insert(words.tokens.end(), std::begin(kSpecials), std::end(kSpecials));
  vocabulary.tokens = std::move(words.tokens);
  vocabulary.merges = std::move(words.merges);
  const auto id_of = [&](std::size_t special) {
    return static_cast<tokenizer::TokenId>(normal + special);
  };
  vocabulary.bos = id_of(kBos);
  vocabulary.eos = id_of(kEos);
  vocabulary.pad = id_of(kPad);
  vocabulary.chat_template = kChatTemplate;
  return add_vocabulary(vocabulary, writer);
}

}  // namespace cromwell::cli
