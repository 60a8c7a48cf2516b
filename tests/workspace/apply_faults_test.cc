// Every call of an apply or a revert goes wrong once, in every way; and the process ends at every
// call. What must hold is the same each time.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "tests/fakes/campaign.h"
#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;
using tests::Fault;
using tests::FaultyFileSystem;
using tests::kNewText;
using tests::kOldText;

struct Mode {
  const char* name;
  bool exchange;  // RENAME_EXCHANGE is there
  bool leases;
  int files;  // of the edit

  friend void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }
};

class ApplyFaults : public tests::StoreFixture, public testing::WithParamInterface<Mode> {
 protected:
  void SetUp() override {
    file_count_ = GetParam().files;
    StoreFixture::SetUp();
  }

  std::shared_ptr<FaultyFileSystem> seam() {
    auto files = std::make_shared<FaultyFileSystem>();
    files->lacks = [](const std::string& call) {
      if (!GetParam().exchange && call.starts_with("exchange")) return EINVAL;
      if (!GetParam().leases && call == "take_lease") return EINVAL;
      return 0;
    };
    return files;
  }

  // Brings file and record to where apply (or revert) can begin.
  std::string prepare(bool revert) {
    write_files(kOldText);
    std::filesystem::remove_all(top_.path() / "state");
    const auto store = open_store();
    const std::string id = propose(*store);
    if (revert) {
      EXPECT_TRUE(store->apply(id).has_value());
    }
    return id;
  }

  static bool can_be_interrupted(const std::string& call) {
    for (const char* other : {"fstat", "stat_at", "list_folder", "get_lease", "open_beneath"}) {
      if (call.starts_with(other)) return false;
    }
    return true;
  }

  // Of an apply or revert where nothing goes wrong.
  int count_calls(bool revert) {
    const std::string id = prepare(revert);
    const auto files = seam();
    const auto store = open_store(files);
    const int first = files->calls;
    EXPECT_TRUE(change(*store, id, revert).has_value());
    return files->calls - first;
  }

  static base::Result<Applied> change(EditStore& store, const std::string& id, bool revert) {
    return revert ? store.revert(id) : store.apply(id);
  }

  // Of several files, which have that many more calls, every fourth is tried; a campaign tries all.
  int step() const { return file_count_ > 1 ? tests::campaign_size(4, 1) : 1; }

  static const std::string& before(bool revert) { return revert ? kNewText : kOldText; }
  static const std::string& after(bool revert) { return revert ? kOldText : kNewText; }

  // After recovery: file and state agree, and the edit can go on from there.
  void expect_consistent(const std::string& id) {
    const auto store = open_store();
    const auto record = store->get(id);
    ASSERT_TRUE(record.has_value()) << record.error().message;
    const bool applied = record->state == EditState::kApplied;
    EXPECT_TRUE(all_files_hold(applied ? kNewText : kOldText));
    expect_no_strays();
    const auto next = change(*store, id, applied);
    EXPECT_TRUE(next.has_value()) << next.error().message;
    EXPECT_TRUE(all_files_hold(applied ? kOldText : kNewText));
  }
};

TEST_P(ApplyFaults, LeaveOldOrNewBytesAndNeverLie) {
  const std::vector<Fault> kinds = {
      {.kind = Fault::Kind::kFail, .error_number = EIO},
      {.kind = Fault::Kind::kFail, .error_number = ENOSPC},
      {.kind = Fault::Kind::kFail, .error_number = EDQUOT},
      {.kind = Fault::Kind::kFail, .error_number = EMFILE},
      {.kind = Fault::Kind::kFail, .error_number = EROFS},
      {.kind = Fault::Kind::kFail, .error_number = ENOSPC, .sticky = true},
      {.kind = Fault::Kind::kFailAfter, .error_number = EIO},
      {.kind = Fault::Kind::kShort},
      {.kind = Fault::Kind::kFail, .error_number = EINTR},
      {.kind = Fault::Kind::kFail, .error_number = EIO, .sticky = true},
  };
  for (const bool revert : {false, true}) {
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      const int calls = count_calls(revert);
      for (int k = 1 + static_cast<int>(kind) % step(); k <= calls; k += step()) {
        SCOPED_TRACE(std::string(revert ? "revert" : "apply") + ", fault " + std::to_string(kind) +
                     " at call " + std::to_string(k));
        const std::string id = prepare(revert);
        const auto files = seam();
        const auto store = open_store(files);
        files->fault = kinds[kind];
        files->fault.at_call = files->calls + k;
        files->trace.clear();
        const auto result = change(*store, id, revert);
        const bool sticky = files->fault.sticky;
        const std::string& call = files->trace[static_cast<std::size_t>(k - 1)];
        const bool harmless = kinds[kind].kind == Fault::Kind::kShort ||
                              (kinds[kind].error_number == EINTR && can_be_interrupted(call));
        if (harmless) {
          EXPECT_TRUE(result.has_value()) << call << ": " << result.error().message;
        }
        if (result) {
          EXPECT_TRUE(all_files_hold(after(revert)));
        } else if (!sticky) {
          EXPECT_TRUE(all_files_hold(before(revert)))
              << files->trace[static_cast<std::size_t>(k - 1)] << ": " << result.error().message;
        }
        EXPECT_TRUE(each_file_is_whole());
        files->fault = {};
        expect_consistent(id);
        if (HasFailure()) return;
      }
    }
  }
}

TEST_P(ApplyFaults, AProcessThatEndsAtAnyCallIsRecovered) {
  for (const bool revert : {false, true}) {
    for (int k = 1;; k += step()) {
      SCOPED_TRACE(std::string(revert ? "revert" : "apply") + " ends at call " + std::to_string(k));
      const std::string id = prepare(revert);
      const pid_t child = ::fork();
      if (child == 0) {
        const auto files = seam();
        const auto store = open_store(files);
        files->fault = {.kind = Fault::Kind::kExit, .at_call = files->calls + k};
        const auto result = change(*store, id, revert);
        ::_exit(result ? 0 : 1);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_TRUE(each_file_is_whole());
      expect_consistent(id);
      if (HasFailure()) return;
      if (WEXITSTATUS(status) == 0) break;
      ASSERT_EQ(WEXITSTATUS(status), tests::kCrashStatus);
    }
  }
}

// Recovery itself is killed before every change it makes, and begins again.
TEST_P(ApplyFaults, RecoveryThatIsKilledIsIdempotent) {
  const auto run_child = [&](const std::string& id, int apply_end, int open_end) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto files = seam();
      const Fault exit{.kind = Fault::Kind::kExit, .only_changes = true};
      files->fault = exit;
      files->fault.at_call = open_end;
      const auto store = open_store(files);
      files->fault.at_call = files->changes + apply_end;
      if (apply_end > 0) (void)store->apply(id);
      ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WEXITSTATUS(status) == tests::kCrashStatus;
  };
  bool crashed = true;
  for (int k = 1; crashed; k += step()) {
    bool recovery_crashed = true;
    for (int j = 1; recovery_crashed; j += step()) {
      SCOPED_TRACE("apply ends at change " + std::to_string(k) + ", recovery at " +
                   std::to_string(j));
      const std::string id = prepare(false);
      crashed = run_child(id, k, 0);
      recovery_crashed = run_child(id, 0, j);
      expect_consistent(id);
      if (HasFailure()) return;
    }
  }
}

TEST_P(ApplyFaults, SaysWhatItCanGuarantee) {
  const std::string id = prepare(false);
  const auto store = open_store(seam());
  const auto applied = store->apply(id);
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  EXPECT_EQ(applied->guarantee, GetParam().exchange && GetParam().leases ? "exact" : "best_effort");
}

// The order of what is made durable, against a loss of power that no test can bring about.
class ApplyOrder : public tests::StoreFixture {};

TEST_F(ApplyOrder, EachStepIsDurableBeforeTheNextRestsOnIt) {
  const auto files = std::make_shared<FaultyFileSystem>();
  const auto store = open_store(files);
  files->trace.clear();
  const std::string id = propose(*store);
  const std::string folder = top_.str("state/edits");
  std::size_t at = 0;
  const auto expect_next = [&](const std::string& call) {
    while (at < files->trace.size() && !files->trace[at].starts_with(call)) ++at;
    EXPECT_LT(at, files->trace.size()) << "no '" << call << "' where it is due";
  };
  const auto expect_written = [&](const std::string& suffix) {
    const std::string name = id + suffix;
    expect_next("write " + name + ".tmp");
    expect_next("fsync " + name + ".tmp");
    expect_next("rename_at " + name + ".tmp " + name);
    expect_next("fsync " + folder);
  };
  expect_written(".edit");
  ASSERT_TRUE(store->apply(id).has_value());
  expect_written(".journal");
  expect_next("open_at .cromwell-");
  expect_next("write .cromwell-");
  expect_next("fchmod");
  expect_next("fsync .cromwell-");
  expect_written(".journal");
  expect_next("exchange .cromwell-");
  expect_next("take_lease");
  expect_next("read .cromwell-");
  expect_next("fsync src");
  expect_next("get_lease");
  expect_written(".state");
  expect_next("get_lease");
  expect_next("unlink_at .cromwell-");
  expect_next("fsync src");
  expect_next("unlink_at " + id + ".journal");
  const auto writes_after_fsync = [&](const std::string& name) {
    const auto& trace = files->trace;
    const auto last_sync = std::find_if(trace.rbegin(), trace.rend(), [&](const auto& call) {
      return call.starts_with("fsync " + name);
    });
    return std::any_of(trace.rbegin(), last_sync,
                       [&](const auto& call) { return call.starts_with("write " + name); });
  };
  EXPECT_FALSE(writes_after_fsync(".cromwell-"));
}

INSTANTIATE_TEST_SUITE_P(
    FileSystems, ApplyFaults,
    testing::Values(Mode{"Full", true, true, 1}, Mode{"NoExchange", false, true, 1},
                    Mode{"NoLeases", true, false, 1}, Mode{"Neither", false, false, 1},
                    Mode{"ThreeFiles", true, true, 3}, Mode{"ThreeFilesByLinks", false, true, 3}),
    [](const auto& mode_info) { return mode_info.param.name; });

}  // namespace
}  // namespace cromwell::workspace
