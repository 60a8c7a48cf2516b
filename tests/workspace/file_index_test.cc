// The index of a folder: what its first pass finds, and how it follows what changes.
#include "workspace/file_index.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_folder.h"
#include "workspace/index_cache.h"

namespace cromwell::workspace {
namespace {

using tests::TempFolder;

std::vector<std::string> found(const std::vector<FoundSymbol>& symbols) {
  std::vector<std::string> lines;
  for (const FoundSymbol& one : symbols) {
    lines.push_back(one.file + ":" + std::to_string(one.symbol.lines.first) + " " +
                    one.symbol.name);
  }
  return lines;
}

std::vector<std::string> definitions(const FileIndex& index, const std::string& name) {
  std::vector<std::string> lines;
  index.read([&](const SymbolTable& table) { lines = found(table.definitions(name, 10)); });
  return lines;
}

class FileIndexTest : public testing::Test {
 protected:
  void open(IndexOptions options = {}) {
    index_ = *FileIndex::open(folder_.str(), std::move(options));
    wait_until([this] { return index_->state().ready; });
  }
  // ctest ends a test that waits for ever.
  void wait_until(const std::function<bool()>& condition) {
    while (true) {
      const auto version = index_->state().version;
      if (condition()) return;
      index_->wait_past(version);
    }
  }
  void wait_for(const std::string& name, const std::vector<std::string>& expected) {
    wait_until([&] { return definitions(*index_, name) == expected; });
  }

  TempFolder folder_;
  std::shared_ptr<FileIndex> index_;
};

TEST_F(FileIndexTest, FindsTheSymbolsOfEveryFileThatIsNotIgnored) {
  folder_.write("a.py", "def f():\n    pass\n\n\nclass A:\n    def f(self):\n        pass\n");
  folder_.write("sub/b.c", "int f(void) { return 1; }\n");
  folder_.write("out/c.c", "int f(void) { return 2; }\n");
  folder_.write("notes.txt", "f\n");
  folder_.write(".gitignore", "out/\n");
  open();
  EXPECT_THAT(definitions(*index_, "f"),
              testing::ElementsAre("a.py:1 f", "a.py:6 f", "sub/b.c:1 f"));
  EXPECT_EQ(index_->state().files, 4U);
  EXPECT_EQ(index_->state().symbols, 4U);
}

TEST_F(FileIndexTest, ReadsFirstWhatWasChangedLast) {
  const auto age = [this](const std::string& name, int hours) {
    const std::filesystem::path path = folder_.str() + "/" + name;
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  for (const char* name : {"a.py", "b.py", "c.py"}) folder_.write(name, "def f(): pass\n");
  age("a.py", 2);
  age("b.py", 1);
  age("c.py", 3);
  open({.table = {.symbols = 1}});  // only the first one read has room
  EXPECT_THAT(definitions(*index_, "f"), testing::ElementsAre("b.py:1 f"));
}

TEST_F(FileIndexTest, FollowsWritesRenamesAndRemovals) {
  open();
  folder_.write("a.py", "def f(): pass\n");
  wait_for("f", {"a.py:1 f"});
  folder_.write("a.py", "\ndef f(): pass\n");
  wait_for("f", {"a.py:2 f"});
  std::filesystem::rename(folder_.path() / "a.py", folder_.path() / "b.py");
  wait_for("f", {"b.py:2 f"});
  std::filesystem::remove(folder_.path() / "b.py");
  wait_for("f", {});
}

TEST_F(FileIndexTest, FollowsNewFoldersAndThoseThatGo) {
  open();
  folder_.write("x/y/a.py", "def f(): pass\n");
  wait_for("f", {"x/y/a.py:1 f"});
  folder_.write("x/y/b.py", "def g(): pass\n");
  wait_for("g", {"x/y/b.py:1 g"});
  std::filesystem::rename(folder_.path() / "x", folder_.path() / "z");
  wait_for("f", {"z/y/a.py:1 f"});
  std::filesystem::remove_all(folder_.path() / "z");
  wait_for("f", {});
}

TEST_F(FileIndexTest, FollowsTheIgnoreRules) {
  folder_.write("a.py", "def f(): pass\n");
  open();
  folder_.write(".gitignore", "*.py\n");
  wait_for("f", {});
  std::filesystem::remove(folder_.path() / ".gitignore");
  wait_for("f", {"a.py:1 f"});
}

TEST_F(FileIndexTest, LeavesOutWhatIsPastItsLimits) {
  folder_.write("a.py", "def f(): pass\ndef g(): pass\n");
  folder_.write("b.py", "def h(): pass\n" + std::string(2000, '#') + "\n");
  open({.table = {.symbols = 1}, .max_file_bytes = 1000});
  EXPECT_EQ(index_->state().symbols, 1U);
  EXPECT_EQ(index_->state().files, 2U);
  EXPECT_FALSE(index_->state().complete);
}

TEST_F(FileIndexTest, SaysThatAFolderHasMoreFilesThanItTakes) {
  folder_.write("a.py", "");
  folder_.write("b.py", "");
  open({.walk = {.files = 1}});
  EXPECT_FALSE(index_->state().complete);
}

TEST_F(FileIndexTest, LooksAgainNowAndThenWhereNotEveryFolderIsWatched) {
  folder_.write("watched.py", "def one(): pass\n");
  folder_.write("sub/unwatched.py", "def two(): pass\n");
  open({.max_watched_folders = 1, .rescan = std::chrono::milliseconds(10)});
  folder_.write("sub/unwatched.py", "def three(): pass\n");
  wait_for("three", {"sub/unwatched.py:1 three"});
  EXPECT_EQ(definitions(*index_, "two"), std::vector<std::string>());
}

// While the index waits for its table, more happens than the system's queue of events holds.
TEST_F(FileIndexTest, LooksAtEverythingAgainWhenEventsWereLost) {
  folder_.write("a.py", "def one(): pass\n");
  folder_.write("sub/b.py", "def two(): pass\n");
  folder_.write(".gitignore", "*.tmp\n");
  open();
  const std::string flood = folder_.str("flood.tmp");
  std::size_t queue = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
  ASSERT_GT(queue, 0U);
  if (queue > 100'000) GTEST_SKIP() << "the queue holds " << queue << " events";
  index_->read([&](const SymbolTable&) {
    for (std::size_t i = 0; i <= queue; i += 2) {  // each makes at least two
      ::close(::open(flood.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      ::unlink(flood.c_str());
    }
    folder_.write("sub/b.py", "def three(): pass\n");
    folder_.write("sub/c.py", "def four(): pass\n");
    std::filesystem::remove(folder_.path() / "a.py");
  });
  wait_for("three", {"sub/b.py:1 three"});
  wait_for("four", {"sub/c.py:1 four"});
  wait_for("one", {});
}

class IndexCacheOfFolder : public FileIndexTest {
 protected:
  IndexOptions options() const {
    return {.cache_folder = state_.str() + "/index", .keep_after_files = 1};
  }
  void open_and_close() {
    open(options());
    index_.reset();
  }
  IndexCache cache() const {
    return {base::posix_file_system(), options().cache_folder, folder_.str()};
  }
  // What the cache says of a.py is what no file says.
  void remember_another_symbol() {
    RememberedFiles files = cache().load();
    ASSERT_TRUE(files.contains("a.py"));
    SymbolTable table;
    table.put("a.py", files["a.py"].stamp, {{.name = "remembered", .lines = {1, 1}}});
    ASSERT_TRUE(cache().save(cache().describe(table)));
  }

  TempFolder state_;
};

TEST_F(IndexCacheOfFolder, AFileThatDidNotChangeIsNotReadAgain) {
  folder_.write("a.py", "def f(): pass\n");
  open_and_close();
  remember_another_symbol();
  open(options());
  EXPECT_THAT(definitions(*index_, "remembered"), testing::ElementsAre("a.py:1 remembered"));
  EXPECT_TRUE(definitions(*index_, "f").empty());
}

TEST_F(IndexCacheOfFolder, AFileThatChangedIsReadThoughItsTimeWasSetBack) {
  folder_.write("a.py", "def f(): pass\n");
  open_and_close();
  remember_another_symbol();
  const std::filesystem::path path = folder_.path() / "a.py";
  const auto time = std::filesystem::last_write_time(path);
  const FileStamp before = cache().load()["a.py"].stamp;
  struct stat now;
  do {  // the system's clock for files has ticks
    folder_.write("a.py", "def g(): pass\n");
    std::filesystem::last_write_time(path, time);
    ASSERT_EQ(::stat(path.c_str(), &now), 0);
  } while (stamp_of(now).changed_ns == before.changed_ns);
  ASSERT_EQ(stamp_of(now).modified_ns, before.modified_ns);
  open(options());
  EXPECT_THAT(definitions(*index_, "g"), testing::ElementsAre("a.py:1 g"));
  EXPECT_TRUE(definitions(*index_, "remembered").empty());
}

TEST_F(IndexCacheOfFolder, WhatIsGoneOrIgnoredByNowIsNotRemembered) {
  for (const char* name : {"a.py", "b.py", "c.py"}) folder_.write(name, "def f(): pass\n");
  open_and_close();
  std::filesystem::remove(folder_.path() / "b.py");
  folder_.write(".gitignore", "c.py\n");
  open(options());
  EXPECT_THAT(definitions(*index_, "f"), testing::ElementsAre("a.py:1 f"));
}

TEST_F(IndexCacheOfFolder, ADamagedOneIsMadeAnew) {
  folder_.write("a.py", "def f(): pass\n");
  open_and_close();
  remember_another_symbol();
  for (const auto& entry : std::filesystem::directory_iterator(options().cache_folder)) {
    std::filesystem::resize_file(entry.path(), std::filesystem::file_size(entry.path()) - 1);
  }
  open_and_close();
  ASSERT_TRUE(cache().load().contains("a.py"));
  EXPECT_EQ(cache().load()["a.py"].symbols.at(0).name, "f");
}

TEST_F(IndexCacheOfFolder, ItIsNotWrittenForFewFiles) {
  folder_.write("a.py", "def f(): pass\n");
  IndexOptions patient = options();
  patient.keep_after_files = 2;
  open(patient);
  index_.reset();
  EXPECT_TRUE(cache().load().empty());
}

TEST_F(IndexCacheOfFolder, WhatIsForbiddenByNowGoesWithTheNextStart) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  open_and_close();
  folder_.write(".cromwellignore", "b.py\n");
  IndexOptions patient = options();
  patient.keep_after_files = 1'000;
  open(patient);
  index_.reset();
  EXPECT_TRUE(cache().load().contains("a.py"));
  EXPECT_FALSE(cache().load().contains("b.py"));
}

TEST_F(IndexCacheOfFolder, WhatBecomesForbiddenGoesAtOnce) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  open_and_close();
  IndexOptions patient = options();
  patient.keep_after_files = 1'000;
  open(patient);
  ASSERT_TRUE(cache().load().contains("b.py"));
  folder_.write(".gitignore", "b.py\n");
  while (cache().load().contains("b.py")) std::this_thread::yield();
  while (!cache().load().contains("a.py")) std::this_thread::yield();  // it is written anew
}

TEST_F(IndexCacheOfFolder, WhereItCannotBeWrittenAnewWhatIsForbiddenGoesWithAllOfIt) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  open_and_close();
  folder_.write(".gitignore", "b.py\n");
  auto full = std::make_shared<tests::FaultyFileSystem>();
  full->lacks = [](const std::string& call) { return call.starts_with("write ") ? ENOSPC : 0; };
  index_ = *FileIndex::open(folder_.str(), options(), full);
  wait_until([this] { return index_->state().ready; });
  index_.reset();
  EXPECT_TRUE(cache().load().empty());
}

TEST_F(IndexCacheOfFolder, WhatIsGoneIsNoReasonToWriteItAnew) {
  for (const char* name : {"a.py", "b.py"}) folder_.write(name, "def f(): pass\n");
  open_and_close();
  std::filesystem::remove(folder_.path() / "b.py");
  IndexOptions patient = options();
  patient.keep_after_files = 1'000;
  open(patient);
  index_.reset();
  EXPECT_TRUE(cache().load().contains("b.py"));
}

TEST_F(IndexCacheOfFolder, AFileThatCouldNotBeReadIsReadAtTheNextStart) {
  folder_.write("a.py", "def f(): pass\n");
  folder_.write("b.py", "def g(): pass\n");
  auto faulty = std::make_shared<tests::FaultyFileSystem>();
  faulty->lacks = [](const std::string& call) { return call == "read a.py" ? EIO : 0; };
  index_ = *FileIndex::open(folder_.str(), options(), faulty);
  wait_until([this] { return index_->state().ready; });
  index_.reset();
  open(options());
  EXPECT_THAT(definitions(*index_, "f"), testing::ElementsAre("a.py:1 f"));
}

TEST(FileIndex, NamesARootThatCannotBeOpened) {
  const auto index = FileIndex::open("/no/such/folder");
  ASSERT_FALSE(index);
  EXPECT_THAT(index.error().message, testing::HasSubstr("/no/such/folder"));
}

TEST(SymbolTable, SearchesEqualNamesFirstThenBeginnings) {
  SymbolTable table;
  table.put("a", {}, {{.name = "reparse"}, {.name = "Parser"}, {.name = "parse"}});
  table.put("b", {}, {{.name = "other"}, {.name = "PARSE"}});
  EXPECT_THAT(found(table.search("parse", 10)),
              testing::ElementsAre("a:1 parse", "b:1 PARSE", "a:1 Parser", "a:1 reparse"));
  EXPECT_EQ(table.search("parse", 2).size(), 2U);
  EXPECT_TRUE(table.search("zzz", 10).empty());
}

TEST(SymbolTable, FindsFilesWhoseOwnNameBeginsWithItFirst) {
  SymbolTable table;
  for (const char* file : {"cart/a.py", "shop/Cart.py", "shop/my_cart.py", "shop/other.py"}) {
    table.put(file, {}, {});
  }
  EXPECT_THAT(table.find_files("cart", 10),
              testing::ElementsAre("shop/Cart.py", "shop/my_cart.py", "cart/a.py"));
  EXPECT_THAT(table.find_files("cart", 10, "shop/"), testing::ElementsAre("Cart.py", "my_cart.py"));
  EXPECT_EQ(table.find_files("", 3).size(), 3U);
  EXPECT_TRUE(table.find_files("cart/a.pyx", 10).empty());
}

TEST(SymbolTable, ForgetsWhatAFileNoLongerDefines) {
  SymbolTable table;
  table.put("a", {}, {{.name = "f"}, {.name = "f"}, {.name = "g"}});
  table.put("a", {}, {{.name = "g"}});
  EXPECT_TRUE(table.definitions("f", 10).empty());
  EXPECT_EQ(table.definitions("g", 10).size(), 1U);
  table.remove("a");
  EXPECT_EQ(table.symbol_count(), 0U);
  EXPECT_EQ(table.file_count(), 0U);
}

}  // namespace
}  // namespace cromwell::workspace
