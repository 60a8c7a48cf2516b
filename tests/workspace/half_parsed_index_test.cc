// An index whose files wait to be parsed: what it answers is what it will answer when all are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <random>
#include <thread>

#include "tests/fakes/held_parses.h"
#include "tests/fakes/temp_folder.h"
#include "workspace/file_index.h"
#include "workspace/index_cache.h"

namespace cromwell::workspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr QuestionLimits kEnough{.files = 1'000, .time = std::chrono::seconds(1'000)};

std::string numbered(std::string stem, int number) { return stem.append(std::to_string(number)); }

class HalfParsedIndex : public testing::Test {
 protected:
  void open(IndexOptions options = {}, bool IndexState::* until = &IndexState::searchable) {
    index_ = *FileIndex::open(folder_.str(), std::move(options), held_->files());
    wait_for(until);
  }
  IndexState wait_for(bool IndexState::* until) {
    IndexState state = index_->state();
    while (!(state.*until)) state = index_->wait_past(state.version);
    return state;
  }
  void write(const std::string& name, const std::string& text, int hours_ago) {
    folder_.write(name, text);
    std::filesystem::last_write_time(
        folder_.path() / name,
        std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours_ago));
  }
  std::vector<std::string> defined(const std::string& name, const FileIndex& index) const {
    std::vector<std::string> found;
    index.read([&](const SymbolTable& table) {
      for (const FoundSymbol& one : table.definitions(name, 1'000)) {
        found.push_back(one.file + ":" + std::to_string(one.symbol.lines.first) + "-" +
                        std::to_string(one.symbol.lines.last));
      }
    });
    return found;
  }
  std::vector<std::string> ask(const std::string& name, const QuestionLimits& limits = kEnough) {
    index_->parse_for({name}, limits);
    return defined(name, *index_);
  }

  tests::TempFolder folder_, state_;
  std::optional<tests::HeldParses> held_{std::in_place};
  std::shared_ptr<FileIndex> index_;

  void TearDown() override {
    held_->release();
    index_.reset();
  }
};

TEST_F(HalfParsedIndex, FindsADefinitionByParsingTheFilesThatHoldItsName) {
  write("a.py", "def f():\n    return g()\n", 1);
  write("b.py", "def g():\n    pass\n", 1);
  write("c.py", "def h():\n    pass\n", 1);
  open();
  EXPECT_FALSE(index_->state().ready);
  EXPECT_EQ(index_->state().waiting, 3U);
  EXPECT_THAT(defined("g", *index_), IsEmpty());
  EXPECT_THAT(ask("g"), ElementsAre("b.py:1-2"));
  EXPECT_EQ(index_->state().waiting, 1U);
  EXPECT_THAT(ask("unknown"), IsEmpty());
  EXPECT_EQ(index_->state().waiting, 1U);
  held_->release();
  EXPECT_EQ(wait_for(&IndexState::ready).waiting, 0U);
  EXPECT_THAT(defined("h", *index_), ElementsAre("c.py:1-2"));
  EXPECT_THAT(defined("g", *index_), ElementsAre("b.py:1-2"));
}

TEST_F(HalfParsedIndex, AQuestionParsesNoMoreFilesThanItMay) {
  write("a.py", "def f(): pass\n", 3);
  write("b.py", "def f(): pass\n", 2);
  write("c.py", "x = f()\n", 1);
  open();
  EXPECT_THAT(ask("f", {.files = 1, .time = kEnough.time}), ElementsAre("b.py:1-1"));
  EXPECT_EQ(index_->state().waiting, 2U);
}

TEST_F(HalfParsedIndex, AQuestionWithoutTimeParsesNothing) {
  write("a.py", "def f(): pass\n", 1);
  open();
  EXPECT_THAT(ask("f", {.files = 9, .time = std::chrono::milliseconds(0)}), IsEmpty());
  EXPECT_EQ(index_->state().waiting, 1U);
}

TEST_F(HalfParsedIndex, OfSeveralNamesTheRarestComesFirst) {
  write("a.py", "def often(): pass\n", 1);
  write("b.py", "often()\ndef seldom(): pass\n", 2);
  open();
  index_->parse_for({"often", "seldom"}, kEnough);
  EXPECT_THAT(held_->opened_by_maker(), ElementsAre("b.py", "a.py"));
}

TEST_F(HalfParsedIndex, AFileIsParsedAsItIsNowNotAsItWas) {
  write("a.py", "def f(): pass\n", 1);
  write("b.py", "def f(): pass\n", 1);
  open();
  folder_.write("a.py", "\ndef f(): pass\n");
  std::filesystem::remove(folder_.path() / "b.py");
  EXPECT_THAT(ask("f"), ElementsAre("a.py:2-2"));
  held_->release();
  wait_for(&IndexState::ready);
  EXPECT_THAT(defined("f", *index_), ElementsAre("a.py:2-2"));
}

TEST_F(HalfParsedIndex, WhatCannotHaveSymbolsDoesNotWaitAndIsNotRead) {
  write("large.py", "def f(): pass\n" + std::string(2'000, '#'), 1);
  write("notes.txt", "f\n", 1);
  write("data.json", "{\"f\": 1}\n", 1);
  write("a.py", "def f(): pass\n", 1);
  open({.max_file_bytes = 1'000});
  EXPECT_EQ(index_->state().files, 4U);
  EXPECT_EQ(index_->state().waiting, 1U);
  held_->release();
  wait_for(&IndexState::ready);
  for (const char* name : {"large.py", "notes.txt", "data.json"}) {
    EXPECT_THAT(held_->files()->trace,
                testing::Not(testing::Contains(std::string("open_beneath ") + name)));
  }
}

TEST_F(HalfParsedIndex, WithoutRoomForWordsItSaysThatFilesAreNotFoundYet) {
  held_.emplace(false);
  write("a.py", "def f(): pass\n", 1);
  open({.word_bytes = 0}, &IndexState::listed);
  EXPECT_THAT(ask("f"), IsEmpty());
  EXPECT_FALSE(index_->state().searchable);
  held_->release();
  EXPECT_TRUE(wait_for(&IndexState::ready).searchable);
  EXPECT_THAT(defined("f", *index_), ElementsAre("a.py:1-1"));
  const auto& trace = held_->files()->trace;  // of the parse alone
  EXPECT_EQ(std::count(trace.begin(), trace.end(), "open_beneath a.py"), 1);
}

TEST_F(HalfParsedIndex, TextsOfOtherEncodingsAreFoundToo) {
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string("def go(): pass\n")) utf16.append({c, '\0'});
  write("utf16.py", utf16, 1);
  write("latin.py", "def \xfc(): pass\ndef go(): pass\n", 1);
  write("bom.py", "\xef\xbb\xbfgo = 1\n", 1);
  write("utf8.py", "def \u00fc(): pass\n", 1);
  open();
  EXPECT_THAT(ask("go"), UnorderedElementsAre("utf16.py:1-1", "latin.py:2-2", "bom.py:1-1"));
  EXPECT_THAT(ask("\u00fc"), UnorderedElementsAre("latin.py:1-1", "utf8.py:1-1"));
}

TEST_F(HalfParsedIndex, WhatAQuestionFoundIsKeptForTheNextStart) {
  write("a.py", "def f(): pass\n", 1);
  const IndexOptions options{.cache_folder = state_.str() + "/index", .keep_after_files = 1};
  open(options);
  ask("f");
  held_->release();
  wait_for(&IndexState::ready);
  index_.reset();
  const IndexCache cache(base::posix_file_system(), options.cache_folder, folder_.str());
  EXPECT_TRUE(cache.load().contains("a.py"));
}

TEST_F(HalfParsedIndex, MayEndBeforeAllIsParsed) {
  for (int i = 0; i < 100; ++i) write(numbered("f", i).append(".py"), "def f(): pass\n", i);
  open();
  auto ended = std::async(std::launch::async, [this] { index_.reset(); });
  held_->release();
  ended.get();
}

// Names that stand in several files, in several languages, as definitions, uses and comments.
class RandomSources {
 public:
  explicit RandomSources(std::uint32_t seed) : random_(seed) {}

  std::string name() {
    static const char* const kStems[] = {
        "load", "parse_line", "Box", "x", "gr\u00f6\u00dfe", "_private", "toString", "operator"};
    const char* const stem = kStems[below(8)];
    const int number = below(4);
    return number == 0 ? stem : numbered(stem, number);
  }
  std::string text(const std::string& ending) {
    std::string text;
    for (int i = below(12); i >= 0; --i) text += item(ending);
    return text;
  }
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

 private:
  // $1 and $2 stand for names.
  std::string item(const std::string& ending) {
    static const char* const kPython[] = {"def $1(x):\n    return $2(x)\n",
                                          "class $1:\n    def $2(self): pass\n", "$1 = $2\n",
                                          "# $1\n", "if $1: (\n"};  // broken
    static const char* const kC[] = {"int $1(int x) { return $2(x); }\n",
                                     "struct $1 { int $2; };\n", "#define $1 $2\n", "// $1\n",
                                     "}} $1(\n"};
    std::string text = ending == ".py" ? kPython[below(5)] : kC[below(5)];
    for (const char* place : {"$1", "$2"}) {
      const std::size_t at = text.find(place);
      if (at != std::string::npos) text.replace(at, 2, name());
    }
    return text;
  }

  std::mt19937 random_;
};

class RandomHalfParsedIndex : public HalfParsedIndex {
 protected:
  void write_files(RandomSources& sources) {
    const char* const kEndings[] = {".py", ".c", ".cc"};
    for (int i = 0; i < 40; ++i) {
      const std::string ending = kEndings[sources.below(3)];
      write(numbered("d", i % 3).append(numbered("/f", i)).append(ending), sources.text(ending),
            sources.below(100));
    }
  }
  std::shared_ptr<FileIndex> parsed() const {
    auto index = *FileIndex::open(folder_.str());
    IndexState state = index->state();
    while (!state.ready) state = index->wait_past(state.version);
    return index;
  }
};

TEST_F(RandomHalfParsedIndex, AnswersAsOneInWhichAllIsParsed) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    RandomSources sources(seed);
    write_files(sources);
    const auto all = parsed();
    held_.emplace();
    open();
    for (int i = 0; i < 40; ++i) {
      const std::string name = sources.name();
      EXPECT_EQ(ask(name), defined(name, *all)) << name;
    }
    held_->release();
    wait_for(&IndexState::ready);
    EXPECT_EQ(index_->state().symbols, all->state().symbols);
    index_.reset();
  }
}

TEST_F(RandomHalfParsedIndex, ManyMayAskWhileItIsParsed) {
  RandomSources sources(11);
  write_files(sources);
  const auto all = parsed();
  open({.word_bytes = 1'000});  // room for some files at a time
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      RandomSources names(100 + i);
      while (!index_->state().ready) {
        const std::string name = names.name();
        index_->parse_for({name, names.name()}, {.files = 3});
        defined(name, *index_);
      }
    });
  }
  held_->release();
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 40; ++i) {
    const std::string name = sources.name();
    EXPECT_EQ(defined(name, *index_), defined(name, *all)) << name;
  }
  EXPECT_EQ(index_->state().symbols, all->state().symbols);
}

}  // namespace
}  // namespace cromwell::workspace
