// Other programs save the file while an edit is applied. Whenever that is, and however they save,
// what they saved is what the file holds in the end: either the apply comes first, or it is
// refused.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "base/landlock.h"
#include "tests/fakes/campaign.h"
#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::FileDescriptor;
using tests::FaultyFileSystem;
using tests::kNewText;
using tests::kOldText;

const std::string kSaved = "what somebody else typed\n";

class ApplyRaces : public tests::StoreFixture {
 protected:
  std::string path() const { return top_.str("root/src/file.c"); }

  void save_by_rename(const std::string& bytes = kSaved) const {
    top_.write("root/src/editor.swp", bytes);
    ASSERT_EQ(::rename(top_.str("root/src/editor.swp").c_str(), path().c_str()), 0);
  }

  // False where a lease makes the writer wait.
  bool save_by_truncation(int flags = O_NONBLOCK, const std::string& bytes = kSaved) const {
    const FileDescriptor fd(::open(path().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | flags));
    if (!fd) return false;
    return ::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  }

  // Runs `action` before the k-th call of an apply, for every k; `check` looks at the outcome.
  void at_every_call(const std::function<void()>& action,
                     const std::function<void(const base::Result<Applied>&)>& check) {
    int calls = 0;  // none goes before the first: it counts them
    for (int k = 0; k <= calls && !HasFatalFailure(); ++k) {
      fs::remove_all(top_.path() / "root/src");
      top_.write("root/src/file.c", kOldText);
      const auto files = std::make_shared<FaultyFileSystem>();
      const auto store = open_store(files);
      const std::string id = propose(*store);
      const int first = files->calls;
      files->trace.clear();
      files->before = [&](const std::string&) {
        if (files->calls == first + k) action();
      };
      const auto result = store->apply(id);
      if (k == 0) {
        calls = files->calls - first;
        continue;
      }
      SCOPED_TRACE("before call " + std::to_string(k) + ", " +
                   files->trace[static_cast<std::size_t>(k - 1)] +
                   (result ? ", applied" : ", " + result.error().message));
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::kFileChanged);
      }
      check(result);
      expect_no_strays();
      EXPECT_EQ(store->get(id)->state, result ? EditState::kApplied : EditState::kProposed);
    }
  }
};

TEST_F(ApplyRaces, ASaveByRenameAtAnyMomentStays) {
  int applied = 0;
  int refused = 0;
  at_every_call([&] { save_by_rename(); },
                [&](const base::Result<Applied>& result) {
                  EXPECT_EQ(file(), kSaved);
                  (result ? applied : refused) += 1;
                });
  EXPECT_GT(applied, 0);
  EXPECT_GT(refused, 0);
}

TEST_F(ApplyRaces, ASaveByTruncationAtAnyMomentStays) {
  bool saved = false;
  at_every_call([&] { saved = save_by_truncation(); },
                [&](const base::Result<Applied>&) {
                  // A writer that had to wait goes on now, as its open() would have.
                  if (!saved) {
                    saved = save_by_truncation();
                  }
                  ASSERT_TRUE(saved);
                  EXPECT_EQ(file(), kSaved);
                });
}

TEST_F(ApplyRaces, AWriterThatHasTheFileOpenAtAnyMomentIsNotCutOff) {
  FileDescriptor writer;
  at_every_call([&] { writer.reset(::open(path().c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK)); },
                [&](const base::Result<Applied>&) {
                  if (!writer) return;  // it would wait, and open what the name holds in the end
                  ASSERT_EQ(::ftruncate(writer.get(), 0), 0);
                  ASSERT_EQ(::write(writer.get(), kSaved.data(), kSaved.size()),
                            static_cast<ssize_t>(kSaved.size()));
                  writer.reset();
                  EXPECT_EQ(file(), kSaved);
                });
}

// It found the file before the exchange, and its open() waits for the lease: what it will write
// must not go to a file without a name.
TEST_F(ApplyRaces, AWriterThatWaitsForTheLeaseIsNotCutOff) {
  std::size_t last_check = 0;  // the call that asks about the lease for the last time
  for (std::size_t k = 0; k <= last_check; ++k) {
    fs::remove_all(top_.path() / "root/src");
    top_.write("root/src/file.c", kOldText);
    const auto files = std::make_shared<FaultyFileSystem>();
    const auto store = open_store(files);
    const std::string id = propose(*store);
    const FileDescriptor found(::open(path().c_str(), O_PATH | O_CLOEXEC));
    const std::string reopened = "/proc/self/fd/" + std::to_string(found.get());
    bool waits = false;
    files->trace.clear();
    files->before = [&](const std::string&) {
      if (k == 0 || files->trace.size() != k) return;
      const FileDescriptor writer(::open(reopened.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      waits = !writer && errno == EWOULDBLOCK;
    };
    const auto result = store->apply(id);
    if (k == 0) {
      for (std::size_t i = 0; i < files->trace.size(); ++i) {
        if (files->trace[i] == "get_lease") last_check = i + 1;
      }
      ASSERT_GT(last_check, 0U);
    }
    if (!waits) continue;
    SCOPED_TRACE("before call " + std::to_string(k) + ", " + files->trace[k - 1]);
    EXPECT_FALSE(result.has_value());
    const FileDescriptor writer(::open(reopened.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    ASSERT_EQ(::write(writer.get(), kSaved.data(), kSaved.size()),
              static_cast<ssize_t>(kSaved.size()));
    EXPECT_EQ(file(), kSaved);
    expect_no_strays();
  }
}

// The same bytes, but another file: it may differ in what is not bytes.
TEST_F(ApplyRaces, ASaveOfTheSameBytesStaysTheFileThatItIs) {
  const auto files = std::make_shared<FaultyFileSystem>();
  const auto store = open_store(files);
  const std::string id = propose(*store);
  struct stat saved{};
  files->before = [&](const std::string& call) {
    if (!call.starts_with("exchange") || saved.st_ino != 0) return;
    save_by_rename(kOldText);
    ASSERT_EQ(::stat(path().c_str(), &saved), 0);
  };
  const auto result = store->apply(id);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kFileChanged);
  struct stat found{};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_ino, saved.st_ino);
}

TEST_F(ApplyRaces, TwoSavesAtAnyMomentLeaveTheLaterOne) {
  at_every_call(
      [&] {
        save_by_rename("earlier\n");
        save_by_rename();
      },
      [&](const base::Result<Applied>&) { EXPECT_EQ(file(), kSaved); });
}

// One save makes the apply turn back; the other comes while it does.
TEST_F(ApplyRaces, ASaveDuringTheWayBackStays) {
  for (const bool by_rename : {true, false}) {
    int calls = 1000;
    for (int k = 1; k <= calls; ++k) {
      fs::remove_all(top_.path() / "root/src");
      top_.write("root/src/file.c", kOldText);
      const auto files = std::make_shared<FaultyFileSystem>();
      const auto store = open_store(files);
      const std::string id = propose(*store);
      int turned = 0;
      bool saved = false;
      files->before = [&](const std::string& call) {
        if (turned == 0 && call.starts_with("exchange")) {
          save_by_rename("earlier\n");
          turned = files->calls;
        } else if (turned > 0 && files->calls == turned + k) {
          if (by_rename) save_by_rename();
          saved = by_rename || save_by_truncation();
        }
      };
      const auto result = store->apply(id);
      if (k > files->calls - turned) calls = 0;  // past the end: the last round
      SCOPED_TRACE("second save before call " + std::to_string(k) + " after the exchange");
      EXPECT_FALSE(result.has_value());
      EXPECT_EQ(file(), saved ? kSaved : "earlier\n");
      expect_no_strays();
    }
  }
}

TEST_F(ApplyRaces, AFileThatIsRemovedDuringTheApplyIsNotLost) {
  at_every_call([&] { fs::remove(path()); },
                [&](const base::Result<Applied>& result) {
                  if (!result && fs::exists(path())) {
                    EXPECT_EQ(file(), kOldText);
                  }
                });
}

TEST_F(ApplyRaces, AChangeOfModeDuringTheApplyIsNotUndone) {
  at_every_call([&] { ASSERT_EQ(::chmod(path().c_str(), 0600), 0); },
                [&](const base::Result<Applied>& result) {
                  struct stat found{};
                  ASSERT_EQ(::stat(path().c_str(), &found), 0);
                  EXPECT_EQ(found.st_mode & 07777U, 0600U);
                  EXPECT_EQ(file(), result ? kNewText : kOldText);
                });
}

// The same with a program that runs beside and saves all the time, whose open() may have to wait
// for the lease: its last save is what the edit was made of, or what the file holds.
TEST_F(ApplyRaces, SavesFromAnotherThreadAreNeverLost) {
  const auto store = open_store();
  std::mt19937 random(20260101);
  int applied = 0;
  int saves = 0;
  const int rounds = tests::campaign_size(300, 10'000);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    save_by_rename(kOldText);
    const std::string id = propose(*store);
    const bool by_rename = random() % 2 == 0;
    const int most = 1 + static_cast<int>(random() % 8);
    const int spins = static_cast<int>(random() % 15000);
    std::atomic<bool> go = false;
    std::atomic<bool> done = false;
    std::string last;
    std::thread saver([&] {
      while (!go) {
      }
      for (int i = 0; i < most && (i == 0 || !done); ++i) {
        for (std::atomic<int> spin = 0; spin < spins; ++spin) {
        }
        last = kSaved + std::to_string(i);
        if (by_rename) save_by_rename(last);
        if (!by_rename) {
          EXPECT_TRUE(save_by_truncation(0, last));
        }
        ++saves;
      }
    });
    go = true;
    const auto result = store->apply(id);
    done = true;
    saver.join();
    applied += result ? 1 : 0;
    ASSERT_EQ(file(), last) << (result ? "applied" : result.error().message);
    ASSERT_NO_FATAL_FAILURE(expect_no_strays());
  }
  std::cout << rounds << " applies, " << applied << " before the first save; " << saves
            << " saves, none lost\n";
}

struct Layers {
  const char* name;
  bool openat2;
  bool landlock;

  friend void PrintTo(const Layers& layers, std::ostream* out) { *out << layers.name; }
};

class ApplyEscapes : public tests::StoreFixture, public testing::WithParamInterface<Layers> {
 protected:
  // Applies and reverts for a while, in a process of its own; its exit status.
  int apply_and_revert(const std::string& id, std::chrono::seconds duration) {
    if (GetParam().landlock &&
        !base::restrict_to({.read_write = {top_.str("root"), top_.str("state")}})) {
      return 2;
    }
    const auto files = std::make_shared<FaultyFileSystem>();
    files->opens_anything = !GetParam().openat2;
    const auto store = open_store(files);
    const auto end = std::chrono::steady_clock::now() + duration;
    int applied = 0;
    while (std::chrono::steady_clock::now() < end || applied == 0) {
      files->trace.clear();
      if (!store->apply(id)) continue;
      ++applied;
      while (!store->revert(id)) files->trace.clear();
    }
    std::cout << applied << " applies took place\n" << std::flush;
    return 0;
  }
};

// The file's folder and a link to the outside trade places all the time.
TEST_P(ApplyEscapes, NothingOutsideIsEverWritten) {
  if (GetParam().landlock && base::landlock_abi() == 0) GTEST_SKIP() << "no Landlock here";
  top_.write("outside/file.c", kOldText);
  top_.link("root/away", "../outside");
  const std::string id = propose(*open_store());
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(apply_and_revert(id, std::chrono::seconds(tests::campaign_size(1, 60))));
  }
  const FileDescriptor root(::open(top_.str("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  int status = 0;
  long swaps = 0;
  const auto swap = [&] {
    ++swaps;
    ::renameat2(root.get(), "src", root.get(), "away", RENAME_EXCHANGE);
  };
  while (::waitpid(child, &status, WNOHANG) == 0) swap();
  if (fs::is_symlink(top_.path() / "root/src")) swap();
  std::cout << swaps << " swaps\n";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(top_.read("outside/file.c"), kOldText);
  EXPECT_EQ(std::distance(fs::directory_iterator(top_.path() / "outside"), {}), 1);
  open_store();
  expect_no_strays();
}

INSTANTIATE_TEST_SUITE_P(With, ApplyEscapes,
                         testing::Values(Layers{"BothLayers", true, true},
                                         Layers{"OnlyOpenat2", true, false},
                                         Layers{"OnlyLandlock", false, true}),
                         [](const auto& layers) { return layers.param.name; });

}  // namespace
}  // namespace cromwell::workspace
