// Power fails during an apply or a revert: at a random call, and of what no fsync covers anything
// may be lost. After recovery all files are old or all are new, as the edit's state says.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "tests/fakes/campaign.h"
#include "tests/fakes/logged_file_system.h"
#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using tests::DiskImage;
using tests::kNewText;
using tests::kOldText;
using tests::LoggedFileSystem;

struct Scenario {
  const char* name;
  int files;
  bool exchange;
  bool revert;

  friend void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }
};

class PowerLoss : public tests::StoreFixture, public testing::WithParamInterface<Scenario> {
 protected:
  void SetUp() override {
    file_count_ = GetParam().files;
    StoreFixture::SetUp();
    fs::create_directories(top_.path() / "state/edits");
    fs::create_directories(top_.path() / "root/src/more");
  }

  static ino_t inode_of(const fs::path& path) {
    struct stat found{};
    EXPECT_EQ(::lstat(path.c_str(), &found), 0) << path;
    return found.st_ino;
  }

  DiskImage look() {
    DiskImage image;
    for (const char* folder : kFolders) {
      const ino_t inode = inode_of(top_.path() / folder);
      path_of_[inode] = top_.path() / folder;
      image.folders[inode];
      for (const auto& entry : fs::directory_iterator(top_.path() / folder)) {
        if (!entry.is_regular_file()) continue;
        const ino_t file = inode_of(entry.path());
        image.folders[inode][entry.path().filename()] = file;
        image.files[file] = top_.read(fs::relative(entry.path(), top_.path()));
      }
    }
    return image;
  }

  // Makes the folders hold the image; returns the numbers that its files had.
  std::map<ino_t, ino_t> bring_about(const DiskImage& image) {
    std::map<ino_t, ino_t> inodes;
    for (const auto& [folder, path] : path_of_) {
      for (const auto& entry : fs::directory_iterator(path)) {
        if (entry.is_regular_file()) fs::remove(entry.path());
      }
    }
    std::map<ino_t, fs::path> written;  // a file may have two names
    for (const auto& [folder, path] : path_of_) {
      for (const auto& [name, file] : image.folders.at(folder)) {
        if (const auto known = written.find(file); known != written.end()) {
          fs::create_hard_link(known->second, path / name);
          continue;
        }
        const auto bytes = image.files.find(file);
        top_.write(fs::relative(path / name, top_.path()),
                   bytes == image.files.end() ? "" : bytes->second);
        written[file] = path / name;
        inodes[inode_of(path / name)] = file;
      }
    }
    return inodes;
  }

  static constexpr const char* kFolders[] = {"root/src", "root/src/more", "state/edits"};
  std::map<ino_t, fs::path> path_of_;
};

TEST_P(PowerLoss, LeavesAllFilesOldOrAllNew) {
  const auto log = std::make_shared<LoggedFileSystem>();
  log->has_exchange = GetParam().exchange;
  std::string id;
  if (GetParam().revert) {
    const auto store = open_store();
    id = propose(*store);
    ASSERT_TRUE(store->apply(id).has_value());
  }
  const DiskImage before = look();
  const auto store = open_store(log);
  if (id.empty()) id = propose(*store);
  const std::size_t proposed = log->size();
  const auto changed = GetParam().revert ? store->revert(id) : store->apply(id);
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  const std::size_t all = log->size();

  const unsigned seed = 20260219;
  std::mt19937 random(seed);
  const int rounds = tests::campaign_size(150, 1700);
  int old_files = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::size_t calls = proposed + random() % (all - proposed + 1);
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round) +
                 ", power fails after call " + std::to_string(calls) + " of " +
                 std::to_string(all));
    const auto after = std::make_shared<LoggedFileSystem>();
    after->inode_of = bring_about(log->crash_image(before, calls, random));
    const auto recovered = open_store(after);
    ASSERT_NE(recovered, nullptr);
    const auto record = recovered->get(id);
    ASSERT_TRUE(record.has_value()) << record.error().message;
    const bool applied = record->state == EditState::kApplied;
    EXPECT_TRUE(all_files_hold(applied ? kNewText : kOldText)) << "applied: " << applied;
    if (calls == all) {
      EXPECT_EQ(applied, !GetParam().revert) << "what was answered is lost";
    }
    expect_no_strays();
    if (HasFailure()) return;
    old_files += applied ? 0 : 1;
  }
  EXPECT_GT(old_files, 0);
  EXPECT_LT(old_files, rounds);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, PowerLoss,
                         testing::Values(Scenario{"OneFile", 1, true, false},
                                         Scenario{"ThreeFiles", 3, true, false},
                                         Scenario{"TwentyFiles", 20, true, false},
                                         Scenario{"Revert", 3, true, true},
                                         Scenario{"ByLinks", 1, false, false},
                                         Scenario{"ThreeFilesByLinks", 3, false, false}),
                         [](const auto& scenario_info) { return scenario_info.param.name; });

}  // namespace
}  // namespace cromwell::workspace
