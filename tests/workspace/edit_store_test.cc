#include "workspace/edit_store.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "base/landlock.h"
#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using tests::kNewText;
using tests::kOldText;

class EditStoreTest : public tests::StoreFixture {
 protected:
  struct stat stat_of(const std::string& name) {
    struct stat found{};
    EXPECT_EQ(::lstat(top_.str(name).c_str(), &found), 0) << name;
    return found;
  }

  void expect_refused(const base::Result<Applied>& result, ErrorCode code) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(static_cast<int>(result.error().code), static_cast<int>(code))
        << result.error().message;
    expect_no_strays();
  }
};

TEST_F(EditStoreTest, MakesIdsThatNobodyGuesses) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(EditStore::new_id());
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.begin()->size(), 23U);
  EXPECT_TRUE(ids.begin()->starts_with("ed_"));
}

TEST_F(EditStoreTest, AppliesAndRevertsByteForByte) {
  const auto store = open_store();
  const std::string id = propose(*store);
  EXPECT_EQ(file(), kOldText);
  EXPECT_EQ(store->get(id)->state, EditState::kProposed);

  const auto applied = store->apply(id);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_EQ(file(), kNewText);
  EXPECT_EQ(applied->files.front().sha256, base::sha256_hex(kNewText));
  EXPECT_EQ(applied->guarantee, "exact");
  EXPECT_EQ(applied->files.front().file, "src/file.c");
  EXPECT_EQ(store->get(id)->state, EditState::kApplied);
  expect_refused(store->apply(id), ErrorCode::kConflict);

  const auto reverted = store->revert(id);
  ASSERT_TRUE(reverted.has_value()) << reverted.error().message;
  EXPECT_EQ(file(), kOldText);
  EXPECT_EQ(reverted->files.front().sha256, base::sha256_hex(kOldText));
  EXPECT_EQ(store->get(id)->state, EditState::kReverted);
  expect_refused(store->revert(id), ErrorCode::kConflict);

  EXPECT_TRUE(store->apply(id).has_value());
  EXPECT_EQ(file(), kNewText);
  expect_no_strays();
}

TEST_F(EditStoreTest, GoesOnAfterARestart) {
  std::string id;
  {
    const auto store = open_store();
    id = propose(*store);
  }
  {
    const auto store = open_store();
    ASSERT_TRUE(store->apply(id).has_value());
  }
  const auto store = open_store();
  const auto record = store->get(id);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->state, EditState::kApplied);
  EXPECT_EQ(record->instruction, "change it");
  EXPECT_EQ(record->files.front().old_bytes, kOldText);
  EXPECT_EQ(record->files.front().new_bytes, kNewText);
  EXPECT_EQ(apply_patch(kOldText, record->files.front().patch).value(), kNewText);
  ASSERT_TRUE(store->revert(id).has_value());
  EXPECT_EQ(file(), kOldText);
}

TEST_F(EditStoreTest, RefusesIdsThatAreNone) {
  const auto store = open_store();
  for (const char* id : {"", "ed_", "ed_../../etc/passwd", "../lock", "ed_aaaaaaaaaaaaaaaaaaaa",
                         "ed_aaaaaaaaaaaaaaaaaaa/", "ed_AAAAAAAAAAAAAAAAAAAA"}) {
    EXPECT_EQ(store->get(id).error().code, ErrorCode::kNotFound) << id;
    EXPECT_EQ(store->apply(id).error().code, ErrorCode::kNotFound) << id;
    EXPECT_EQ(store->revert(id).error().code, ErrorCode::kNotFound) << id;
  }
  EditRecord record = edit_of("src/file.c", "x");
  record.id = "ed_../../x";
  EXPECT_EQ(store->propose(record).error().code, ErrorCode::kInvalidRequest);
  record.id = EditStore::new_id();
  record.files.front().new_bytes = "y";
  EXPECT_EQ(store->propose(record).error().code, ErrorCode::kInvalidRequest);
}

TEST_F(EditStoreTest, RefusesWhenTheFileChangedSinceTheSnapshot) {
  const auto store = open_store();
  const std::string id = propose(*store);
  for (const std::string& now : {std::string("other"), kOldText + "x", std::string(),
                                 std::string(kOldText.size(), 'x'), kNewText}) {
    top_.write("root/src/file.c", now);
    expect_refused(store->apply(id), ErrorCode::kFileChanged);
    EXPECT_EQ(file(), now);
  }
  fs::remove(top_.path() / "root/src/file.c");
  expect_refused(store->apply(id), ErrorCode::kFileChanged);
  fs::create_directory(top_.path() / "root/src/file.c");
  expect_refused(store->apply(id), ErrorCode::kFileChanged);
}

TEST_F(EditStoreTest, RefusesToRevertWhatChangedSince) {
  const auto store = open_store();
  const std::string id = propose(*store);
  expect_refused(store->revert(id), ErrorCode::kConflict);
  ASSERT_TRUE(store->apply(id).has_value());
  top_.write("root/src/file.c", kNewText + "more");
  expect_refused(store->revert(id), ErrorCode::kFileChanged);
  EXPECT_EQ(file(), kNewText + "more");
}

TEST_F(EditStoreTest, AppliesToAFileThatWasSavedAgainUnchanged) {
  const auto store = open_store();
  const std::string id = propose(*store);
  top_.write("root/src/saved", kOldText);
  fs::rename(top_.path() / "root/src/saved", top_.path() / "root/src/file.c");
  EXPECT_TRUE(store->apply(id).has_value());
  EXPECT_EQ(file(), kNewText);
}

TEST_F(EditStoreTest, RefusesALinkThatChangedSinceTheSnapshot) {
  top_.write("root/src/other.c", kOldText);
  top_.write("outside/file.c", kOldText);
  top_.link("root/link.c", "src/file.c");
  top_.link("root/folder", "src");
  const auto store = open_store();
  const EditRecord by_link = edit_of("link.c", kNewText);
  const EditRecord by_folder = edit_of("folder/file.c", kNewText);
  const EditRecord plain = edit_of("src/file.c", kNewText);
  for (const auto& record : {by_link, by_folder, plain}) ASSERT_TRUE(store->propose(record));
  for (const char* target : {"src/other.c", "../outside/file.c", "/etc/passwd", "none"}) {
    fs::remove(top_.path() / "root/link.c");
    top_.link("root/link.c", target);
    expect_refused(store->apply(by_link.id), ErrorCode::kFileChanged);
  }
  fs::rename(top_.path() / "root/src", top_.path() / "root/moved");
  top_.link("root/src", "moved");
  expect_refused(store->apply(by_folder.id), ErrorCode::kFileChanged);
  expect_refused(store->apply(plain.id), ErrorCode::kFileChanged);
  fs::remove(top_.path() / "root/src");
  top_.link("root/src", "../outside");
  expect_refused(store->apply(plain.id), ErrorCode::kFileChanged);
  EXPECT_EQ(top_.read("outside/file.c"), kOldText);
  EXPECT_EQ(top_.read("root/moved/file.c"), kOldText);
}

TEST_F(EditStoreTest, WritesThroughALinkAndKeepsTheLink) {
  top_.link("root/link.c", "src/file.c");
  const auto store = open_store();
  const EditRecord record = edit_of("link.c", kNewText);
  ASSERT_TRUE(store->propose(record));
  ASSERT_TRUE(store->apply(record.id));
  EXPECT_EQ(file(), kNewText);
  EXPECT_TRUE(fs::is_symlink(top_.path() / "root/link.c"));
}

TEST_F(EditStoreTest, KeepsModeOwnerAndAttributes) {
  const std::string path = top_.str("root/src/file.c");
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chown(path.c_str(), 1234, 2345), 0);
  }
  ASSERT_EQ(::chmod(path.c_str(), 02751), 0);
  ASSERT_EQ(::setxattr(path.c_str(), "user.note", "kept\0too", 8, 0), 0);
  // u::rwx u:99:rw- g::r-x m::rwx o::--x
  const unsigned char acl[] = {2,    0,    0,    0,    1,    0,    7,  0,    0xFF, 0xFF, 0xFF,
                               0xFF, 2,    0,    6,    0,    99,   0,  0,    0,    4,    0,
                               5,    0,    0xFF, 0xFF, 0xFF, 0xFF, 16, 0,    7,    0,    0xFF,
                               0xFF, 0xFF, 0xFF, 32,   0,    1,    0,  0xFF, 0xFF, 0xFF, 0xFF};
  const bool acls = ::setxattr(path.c_str(), "system.posix_acl_access", acl, sizeof(acl), 0) == 0;
  const struct stat before = stat_of("root/src/file.c");
  const auto store = open_store();
  const std::string id = propose(*store);
  for (const bool apply : {true, false}) {
    const auto done = apply ? store->apply(id) : store->revert(id);
    ASSERT_TRUE(done.has_value()) << done.error().message;
    const struct stat after = stat_of("root/src/file.c");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_gid, before.st_gid);
    char value[64] = {};
    EXPECT_EQ(::getxattr(path.c_str(), "user.note", value, sizeof(value)), 8);
    EXPECT_EQ(std::string(value, 8), std::string("kept\0too", 8));
    unsigned char found[64] = {};
    if (acls) {
      EXPECT_EQ(::getxattr(path.c_str(), "system.posix_acl_access", found, sizeof(found)),
                static_cast<ssize_t>(sizeof(acl)));
    }
  }
}

TEST_F(EditStoreTest, DropsWhatTheFoldersDefaultAclWouldAdd) {
  // u::rwx u:99:rwx g::r-x m::rwx o::---
  const unsigned char acl[] = {2,    0,    0,    0,    1,    0,    7,  0,    0xFF, 0xFF, 0xFF,
                               0xFF, 2,    0,    7,    0,    99,   0,  0,    0,    4,    0,
                               5,    0,    0xFF, 0xFF, 0xFF, 0xFF, 16, 0,    7,    0,    0xFF,
                               0xFF, 0xFF, 0xFF, 32,   0,    0,    0,  0xFF, 0xFF, 0xFF, 0xFF};
  if (::setxattr(top_.str("root/src").c_str(), "system.posix_acl_default", acl, sizeof(acl), 0) !=
      0) {
    GTEST_SKIP() << "this file system has no ACLs";
  }
  ASSERT_EQ(::chmod(top_.str("root/src/file.c").c_str(), 0640), 0);
  const auto store = open_store();
  ASSERT_TRUE(store->apply(propose(*store)).has_value());
  EXPECT_EQ(stat_of("root/src/file.c").st_mode & 07777U, 0640U);
  char value[64];
  EXPECT_LT(::getxattr(top_.str("root/src/file.c").c_str(), "system.posix_acl_access", value, 64),
            0);
}

TEST_F(EditStoreTest, RefusesHardLinksUnlessTheyAreAllowed) {
  fs::create_hard_link(top_.path() / "root/src/file.c", top_.path() / "root/twin");
  const auto store = open_store();
  const std::string id = propose(*store);
  expect_refused(store->apply(id), ErrorCode::kUnsupportedFile);
  EXPECT_EQ(file(), kOldText);
  const auto allowing = open_store(nullptr, {.allow_hardlinks = true});
  EXPECT_TRUE(allowing->apply(id).has_value());
  EXPECT_EQ(file(), kNewText);
  EXPECT_EQ(top_.read("root/twin"), kOldText);
}

// In a child that gave up root's rights.
TEST_F(EditStoreTest, RefusesReadOnlyFilesAndForeignOwners) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to make files of another user";
  const std::string path = top_.str("root/src/file.c");
  const pid_t child = ::fork();
  if (child == 0) {
    fs::permissions(top_.path(), fs::perms::all);
    if (::chown(top_.str("root/src").c_str(), 65534, 65534) != 0 ||
        ::chown(path.c_str(), 65534, 65534) != 0 || ::setgroups(0, nullptr) != 0 ||
        ::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) {
      ::_exit(2);
    }
    const auto store = open_store();
    const std::string id = propose(*store);
    if (::chmod(path.c_str(), 0444) != 0) ::_exit(3);
    const auto read_only = store->apply(id);
    if (read_only || read_only.error().code != ErrorCode::kForbidden) ::_exit(4);
    if (::chmod(top_.str("root/src").c_str(), 0555) != 0) ::_exit(5);
    if (::chmod(path.c_str(), 0644) != 0) ::_exit(5);
    const auto no_temp = store->apply(id);
    if (no_temp || no_temp.error().code != ErrorCode::kForbidden) ::_exit(6);
    ::_exit(file() == kOldText ? 0 : 7);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);

  // Root's file that all may write, in a folder of nobody's: a rename could not keep the owner.
  ASSERT_EQ(::chmod(top_.str("root/src").c_str(), 0777), 0);
  ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  ASSERT_EQ(::chmod(path.c_str(), 0666), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(65534, 65534, 65534) != 0 ||
        ::setresuid(65534, 65534, 65534) != 0) {
      ::_exit(2);
    }
    const auto store = open_store();
    const auto foreign = store->apply(propose(*store));
    if (foreign || foreign.error().code != ErrorCode::kUnsupportedFile) ::_exit(4);
    ::_exit(file() == kOldText ? 0 : 7);
  }
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  expect_no_strays();
}

TEST_F(EditStoreTest, WorksUnderLandlock) {
  if (base::landlock_abi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  top_.write("outside/file.c", kOldText);
  fs::create_directories(top_.path() / "state");
  for (const int abi : {1, 2, 3, 5}) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto report =
          base::restrict_to({.read_write = {top_.str("root"), top_.str("state")}, .max_abi = abi});
      if (!report) ::_exit(2);
      const auto store = open_store();
      const std::string id = propose(*store);
      if (!store->apply(id) || file() != kNewText) ::_exit(3);
      if (!store->revert(id) || file() != kOldText) ::_exit(4);
      ::_exit(top_.read("outside/file.c") == "(cannot be read)" ? 0 : 5);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0) << "ABI " << abi;
  }
}

TEST_F(EditStoreTest, KeepsItsFolderPrivate) {
  const auto store = open_store();
  const std::string id = propose(*store);
  EXPECT_EQ(stat_of("state").st_mode & 0777U, 0700U);
  EXPECT_EQ(stat_of("state/edits").st_mode & 0777U, 0700U);
  EXPECT_EQ(stat_of("state/edits/" + id + ".edit").st_mode & 0777U, 0600U);
}

TEST_F(EditStoreTest, ListsNewestFirstWithoutTheBytes) {
  const auto store = open_store();
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.insert(ids.begin(), propose(*store));
  ASSERT_TRUE(store->apply(ids[1]).has_value());
  const auto listed = store->list();
  ASSERT_EQ(listed.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(listed[i].id, ids[i]);
    EXPECT_EQ(listed[i].state, i == 1 ? EditState::kApplied : EditState::kProposed);
    EXPECT_EQ(listed[i].files.front().file, "src/file.c");
    EXPECT_EQ(listed[i].files.front().new_bytes, "");
  }
}

TEST_F(EditStoreTest, SkipsDamagedRecords) {
  const auto store = open_store();
  const std::string good = propose(*store);
  const std::string bad = propose(*store);
  const std::string name = "state/edits/" + bad + ".edit";
  const std::string whole = top_.read(name);
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    top_.write(name, damaged);
    const auto again = open_store();
    ASSERT_NE(again, nullptr);
    EXPECT_FALSE(again->apply(bad).has_value());
    EXPECT_TRUE(again->get(good).has_value());
    top_.write(name, whole.substr(0, i));
    EXPECT_EQ(open_store()->list().back().id, good);
    EXPECT_FALSE(open_store()->get(bad).has_value());
  }
  EXPECT_EQ(file(), kOldText);
}

TEST_F(EditStoreTest, SurvivesDamagedStatesAndJournals) {
  const auto store = open_store();
  const std::string id = propose(*store);
  ASSERT_TRUE(store->apply(id).has_value());
  const std::string state = top_.read("state/edits/" + id + ".state");
  for (std::size_t i = 0; i < state.size(); ++i) {
    std::string damaged = state;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    top_.write("state/edits/" + id + ".state", damaged);
    top_.write("state/edits/" + id + ".journal", damaged);
    const auto again = open_store();
    ASSERT_NE(again, nullptr);
    EXPECT_FALSE(again->revert(id).has_value());
  }
  EXPECT_EQ(file(), kNewText);
}

TEST_F(EditStoreTest, RemovesWhatACrashLeftInItsFolder) {
  const auto store = open_store();
  const std::string id = propose(*store);
  top_.write("state/edits/ed_aaaaaaaaaaaaaaaaaaaa.edit.tmp", "half");
  top_.write("state/edits/ed_bbbbbbbbbbbbbbbbbbbb.state", "orphan");
  open_store();
  const std::vector<std::string> expected = {id + ".edit", "lock"};
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(top_.path() / "state/edits")) {
    found.push_back(entry.path().filename());
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
}

TEST_F(EditStoreTest, LetsOnlyOneOfManyAppliesWin) {
  const auto store = open_store();
  const auto second = open_store();  // as another process would have it
  const std::string id = propose(*store);
  std::atomic<int> applied = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto result = (i % 2 == 0 ? store : second)->apply(id);
      applied += result ? 1 : 0;
      EXPECT_TRUE(result || result.error().code == ErrorCode::kConflict);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(file(), kNewText);
  expect_no_strays();
}

TEST_F(EditStoreTest, AppliesSeveralFilesOrNone) {
  file_count_ = 5;
  write_files(kOldText);
  const auto store = open_store();
  const std::string id = propose(*store);
  top_.write("root/" + name_of(3), "other");
  expect_refused(store->apply(id), ErrorCode::kFileChanged);
  for (const int i : {0, 1, 2, 4}) EXPECT_EQ(file(i), kOldText) << i;
  top_.write("root/" + name_of(3), kOldText);
  const auto applied = store->apply(id);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_EQ(applied->files.size(), 5U);
  EXPECT_TRUE(all_files_hold(kNewText));
  top_.write("root/" + name_of(1), "other");
  expect_refused(store->revert(id), ErrorCode::kFileChanged);
  EXPECT_EQ(file(0), kNewText);
}

TEST_F(EditStoreTest, RefusesRecordsOfNoFileOfTooManyAndOfOneTwice) {
  const auto store = open_store(nullptr, {.max_files = 2});
  EditRecord record = edit_of("src/file.c", kNewText);
  const FileChange change = record.files.front();
  for (const std::vector<FileChange>& files :
       {std::vector<FileChange>(), {change, change}, {change, change, change}}) {
    record.files = files;
    EXPECT_EQ(store->propose(record).error().code, ErrorCode::kInvalidRequest) << files.size();
  }
}

TEST_F(EditStoreTest, RefusesARootThatIsNotServedAnyMore) {
  const auto store = open_store();
  const std::string id = propose(*store);
  top_.write("elsewhere/x", "");
  const auto other = Workspace::open({top_.str("elsewhere")});
  const auto reopened = EditStore::open(top_.str("state"), *other);
  ASSERT_TRUE(reopened.has_value());
  expect_refused((*reopened)->apply(id), ErrorCode::kPathOutsideRoot);
}

TEST_F(EditStoreTest, AppliesUnderAnotherRootThatHoldsTheFile) {
  const auto store = open_store();
  const std::string id = propose(*store);
  const auto above = Workspace::open({top_.str()});
  const auto reopened = EditStore::open(top_.str("state"), *above);
  ASSERT_TRUE(reopened.has_value());
  EXPECT_TRUE((*reopened)->apply(id).has_value());
  EXPECT_EQ(file(), kNewText);
}

}  // namespace
}  // namespace cromwell::workspace
