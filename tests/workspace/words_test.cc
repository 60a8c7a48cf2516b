// The words by which a file is found, and the index of them: what a parse finds a name of, the
// words must find as well.
#include "workspace/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/workspace/sound_sources.h"
#include "workspace/outline.h"
#include "workspace/word_index.h"

namespace cromwell::workspace {
namespace {

bool holds(std::string_view text, std::string_view name) {
  WordSet set;
  const auto word = word_of_name(name);
  const auto& words = set.read(text);
  return word && std::any_of(words.begin(), words.end(),
                             [&](WordMark one) { return (one & ~kLikelyBit) == *word; });
}

bool is_likely(std::string_view text, std::string_view name) {
  WordSet set;
  const auto& words = set.read(text);
  return std::find(words.begin(), words.end(), *word_of_name(name) | kLikelyBit) != words.end();
}

TEST(Words, AreWholeRunsOfCharacters) {
  EXPECT_TRUE(holds("a = load_2(b)", "load_2"));
  EXPECT_FALSE(holds("a = reload_2(b)", "load_2"));
  EXPECT_FALSE(holds("a = load_23", "load_2"));
  EXPECT_TRUE(holds("x", "x"));
  EXPECT_FALSE(holds("", "x"));
}

TEST(Words, OfANameIsItsLongest) {
  EXPECT_EQ(word_of_name("operator=="), word_of_name("operator"));
  EXPECT_EQ(word_of_name("my-long-name"), word_of_name("long"));
  EXPECT_EQ(word_of_name("~Box<int>"), word_of_name("Box"));
  EXPECT_EQ(word_of_name("$"), std::nullopt);
  EXPECT_EQ(word_of_name("12"), std::nullopt);
}

TEST(Words, BeyondAsciiEndWhereThoseWithinDo) {
  EXPECT_TRUE(holds("gr\u00f6\u00dfe = 1", "gr\u00f6\u00dfe"));
  EXPECT_TRUE(holds("f\u00a0(x)", "f"));  // a space, for most grammars
  EXPECT_TRUE(holds("\u0444\u0443\u043d\u043a = 1", "\u0444\u0443\u043d\u043a"));
}

TEST(Words, OfAnyLengthAreFoundByANameThatWasCut) {
  const std::string name(500, 'a');
  EXPECT_TRUE(holds("def " + name + "():", name.substr(0, kMaxSignatureBytes)));
}

TEST(Words, AreLikelyDefinedAfterAnotherWordOrAtTheBeginningOfALine) {
  for (const char* text :
       {"def f(x)", "static char *f(x)", "f = 1", "a\nf(x) {", "pub fn f<T>()"}) {
    EXPECT_TRUE(is_likely(text, "f")) << text;
  }
  for (const char* text :
       {"x = f(y)", "  f(x)", "return f", "a.f()", "import f", "in f", "a def,f"}) {
    EXPECT_FALSE(is_likely(text, "f")) << text;
  }
  EXPECT_TRUE(is_likely("x = f(y)\ndef f(z): f(z)", "f"));
}

// The outline cuts what is longer than any name, anywhere within a word.
bool is_cut(const Symbol& symbol) {
  return symbol.container.size() + 2 + symbol.name.size() > kMaxSignatureBytes - 4;
}

TEST(Words, HoldEveryNameThatAParseFinds) {
  int names = 0;
  tests::for_each_sound_source(150, [&](const tests::SoundSource& source) {
    const auto tree = SyntaxTree::parse(source.text, source.language.grammar);
    if (!tree) return;
    WordSet set;
    std::vector<WordMark> words = set.read(source.text);
    for (WordMark& word : words) word &= ~kLikelyBit;
    std::sort(words.begin(), words.end());
    for (const Symbol& symbol : outline_of(*tree, source.text)) {
      const auto word = word_of_name(symbol.name);
      if (!word || is_cut(symbol)) continue;
      ++names;
      EXPECT_TRUE(std::binary_search(words.begin(), words.end(), *word))
          << source.path << ": " << symbol.name;
    }
  });
  EXPECT_GT(names, 100);
}

// A no-break space, an ideographic one and one of no width end a name, as they do for the grammars.
TEST(Words, EndAtSpacesBeyondAscii) {
  for (const char* space : {"\u00a0", "\u3000", "\u200b", "\ufeff", "\u2028"}) {
    for (const std::string name : {"\u540d\u524d", "gr\u00f6\u00df", "plain"}) {
      WordSet set;
      const auto& words = set.read("def " + name + space + "\u5b57\u5b57\u5b57\u5b57(): pass\n");
      const WordMark word = *word_of_name(name);
      EXPECT_TRUE(std::any_of(words.begin(), words.end(),
                              [&](WordMark one) { return (one & ~kLikelyBit) == word; }))
          << name << space;
    }
  }
}

std::vector<std::vector<WordMark>> random_words(std::mt19937_64& random, std::size_t files) {
  std::vector<std::vector<WordMark>> words(files);
  for (auto& of_file : words) {
    std::map<WordMark, WordMark> distinct;
    for (std::size_t i = random() % 200; i > 0; --i) {
      const WordMark word = (random() % 500 + 1) * 0x9E3779B97F4A7C15U & ~kLikelyBit;
      distinct[word] = word | (random() & kLikelyBit);
    }
    for (const auto& [word, mark] : distinct) of_file.push_back(mark);
  }
  return words;
}

TEST(WordIndex, FindsTheFilesOfEachWordInTheirOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    const auto words = random_words(random, seed % 4 == 0 ? WordIndex::kMaxFiles : random() % 9);
    std::map<WordMark, std::vector<std::pair<std::uint32_t, bool>>> expected;
    for (std::uint32_t file = 0; file < words.size(); ++file) {
      for (const WordMark word : words[file]) {
        expected[word & ~kLikelyBit].emplace_back(file, (word & kLikelyBit) != 0);
      }
    }
    const WordIndex index(words);
    for (const auto& [word, files] : expected) {
      std::vector<std::pair<std::uint32_t, bool>> found;
      for (const auto& hit : index.find(word)) found.emplace_back(hit.file, hit.is_likely);
      EXPECT_EQ(found, files) << "seed " << seed;
    }
    EXPECT_TRUE(index.find(0x123456789ABCDEF0U).empty());
  }
}

TEST(WordIndex, TakesLittleMoreThanFourBytesForAWordOfAFile) {
  std::mt19937_64 random(1);
  const auto words = random_words(random, WordIndex::kMaxFiles);
  std::size_t count = 0;
  for (const auto& of_file : words) count += of_file.size();
  EXPECT_LT(WordIndex(words).bytes(), count * 11 / 2);
}

}  // namespace
}  // namespace cromwell::workspace
