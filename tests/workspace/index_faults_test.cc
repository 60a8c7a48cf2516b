// What an index does when it is stopped, hindered or overtaken, and whom that must not cost
// anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/held_parses.h"
#include "tests/fakes/temp_folder.h"
#include "workspace/file_index.h"
#include "workspace/index_cache.h"

namespace cromwell::workspace {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::TempFolder;

constexpr QuestionLimits kPatient{.files = 10, .time = 1000s};

void wait_for(const FileIndex& index, const std::function<bool(const IndexState&)>& ok) {
  IndexState state = index.state();
  while (!ok(state)) state = index.wait_past(state.version);
}
bool is_ready(const IndexState& state) { return state.ready; }
bool is_searchable(const IndexState& state) { return state.searchable; }

std::vector<std::string> defined(const FileIndex& index, const std::string& name) {
  std::vector<std::string> found;
  index.read([&](const SymbolTable& table) {
    for (const auto& one : table.definitions(name, 100)) found.push_back(one.file);
  });
  return found;
}

class IndexFaults : public testing::Test {
 protected:
  // An index of the folder, made and kept.
  void keep_index() const {
    auto index = *FileIndex::open(folder_.str(), options());
    wait_for(*index, is_ready);
  }
  IndexOptions options(std::size_t keep_after_files = 1) const {
    return {.cache_folder = state_.str() + "/index", .keep_after_files = keep_after_files};
  }
  RememberedFiles kept(std::shared_ptr<base::FileSystem> files = base::posix_file_system()) const {
    return IndexCache(std::move(files), options().cache_folder, folder_.str()).load();
  }

  TempFolder folder_, state_;
};

TEST_F(IndexFaults, AStopDuringTheFirstLookKeepsTheCache) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  keep_index();
  ASSERT_EQ(kept().size(), 2U);
  auto files = std::make_shared<tests::FaultyFileSystem>();
  std::promise<void> reached;
  std::future<void> ended;
  std::atomic<bool> once = false;
  std::promise<void> begun;
  files->before = [&](const std::string& call) {
    if (call != "open_beneath ." || once.exchange(true)) return;
    reached.set_value();
    begun.get_future().wait();
    ended.wait_for(100ms);  // for the flag to be set: less and the test sees nothing
  };
  auto index = *FileIndex::open(folder_.str(), options(1000), files);
  reached.get_future().wait();
  ended = std::async(std::launch::async, [&] { index.reset(); });
  begun.set_value();
  ended.get();
  EXPECT_EQ(kept().size(), 2U);
}

TEST_F(IndexFaults, AQuestionThatCannotOpenAFileLeavesItWaiting) {
  folder_.write("a.py", "def g(): pass\n");
  folder_.write("b.py", "def h(): pass\n");
  tests::HeldParses held;
  std::atomic<bool> armed = false;
  const auto asker = std::this_thread::get_id();
  held.files()->lacks = [&](const std::string& call) {
    return armed && std::this_thread::get_id() == asker && call == "open_beneath a.py" ? EMFILE : 0;
  };
  auto index = *FileIndex::open(folder_.str(), {}, held.files());
  wait_for(*index, is_searchable);
  armed = true;
  index->parse_for({"g"}, kPatient);
  armed = false;
  EXPECT_EQ(index->state().files, 2U);
  held.release();
  wait_for(*index, is_ready);
  EXPECT_THAT(defined(*index, "g"), ElementsAre("a.py"));
  index.reset();
}

// 250 KB take longer to parse than a question has.
TEST_F(IndexFaults, ALargeFileDoesNotKeepAQuestionFromTheOthers) {
  std::string text = "int rare_name(int x) { return x; }\n";
  for (int i = 0; text.size() < 250'000; ++i) {
    text +=
        "template <class T> auto f" + std::to_string(i) + "(const T& a) { return a.at({1, 2}); }\n";
  }
  folder_.write("big.cc", text);
  folder_.write("small.cc", "int wanted(int x) { return x; }\n");
  tests::HeldParses held;
  auto index = *FileIndex::open(folder_.str(), {}, held.files());
  wait_for(*index, is_searchable);
  index->parse_for({"rare_name", "wanted"}, {.files = 10, .time = 2000s});
  EXPECT_THAT(defined(*index, "wanted"), ElementsAre("small.cc"));
  EXPECT_THAT(held.opened_by_maker(), ElementsAre("small.cc", "big.cc"));
  held.release();
  index.reset();
}

TEST_F(IndexFaults, WhatAFileNoLongerDefinesIsNotAnsweredWhileItWaits) {
  folder_.write("a.py", "def f(): pass\n");
  auto files = std::make_shared<tests::FaultyFileSystem>();
  std::atomic<int> opened = -1;
  std::atomic<bool> go = false;
  const auto asker = std::this_thread::get_id();
  files->before = [&](const std::string& call) {
    if (std::this_thread::get_id() == asker || call != "open_beneath a.py" || opened < 0) return;
    if (opened++ == 0) return;  // for its words
    while (!go) std::this_thread::yield();
  };
  auto index = *FileIndex::open(folder_.str(), {.max_watched_folders = 0, .rescan = 10ms}, files);
  wait_for(*index, is_ready);
  EXPECT_THAT(defined(*index, "f"), ElementsAre("a.py"));
  opened = 0;
  folder_.write("a.py", "def other(): pass\n");
  while (opened < 2) std::this_thread::yield();  // at its parse
  index->parse_for({"f"}, kPatient);
  EXPECT_THAT(defined(*index, "f"), IsEmpty());
  go = true;
  index.reset();
}

TEST_F(IndexFaults, ACacheThatCannotBeReadNowStays) {
  folder_.write("a.py", "def f(): pass\n");
  keep_index();
  auto files = std::make_shared<tests::FaultyFileSystem>();
  std::atomic<bool> once = false;
  files->lacks = [&](const std::string& call) {
    return call.starts_with("read ") && !once.exchange(true) ? EIO : 0;
  };
  EXPECT_THAT(kept(files), IsEmpty());
  EXPECT_EQ(kept().size(), 1U);
}

TEST_F(IndexFaults, WhatIsForbiddenGoesFromTheCacheThoughFilesWait) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  keep_index();
  folder_.write(".gitignore", "b.py\n");
  folder_.write("a.py", "def changed(): pass\n");
  tests::HeldParses held;
  auto index = *FileIndex::open(folder_.str(), options(), held.files());
  wait_for(*index, is_searchable);
  EXPECT_FALSE(kept().contains("b.py"));
  held.release();
  index.reset();
}

}  // namespace
}  // namespace cromwell::workspace
