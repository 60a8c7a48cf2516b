// A disk that is full: a real file system of 64 KiB, with every amount of room left on it.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

class FullDisk : public tests::StoreFixture, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    mount_ = top_.str(GetParam());
    std::filesystem::create_directories(mount_);
    if (::mount("tmpfs", mount_.c_str(), "tmpfs", 0, "size=64k") != 0) {
      mount_.clear();
      GTEST_SKIP() << "a file system cannot be mounted here: " << base::errno_text(errno);
    }
  }
  void TearDown() override {
    if (!mount_.empty()) ::umount2(mount_.c_str(), MNT_DETACH);
  }

  // Leaves `pages` pages of room.
  void fill(int pages) {
    top_.write(std::string(GetParam()) + "/filler", std::string(64 << 10, 'x'));
    std::error_code ignored;
    const auto size = std::filesystem::file_size(mount_ + "/filler", ignored);
    const auto kept = static_cast<std::uintmax_t>(
        std::max<std::intmax_t>(0, static_cast<std::intmax_t>(size) - pages * 4096));
    std::filesystem::resize_file(mount_ + "/filler", kept, ignored);
  }

  std::string mount_;
};

TEST_P(FullDisk, AnApplyWithoutRoomChangesNothingAndSaysSo) {
  const std::string old_text = std::string(5000, 'a') + "\n";
  const std::string new_text = std::string(9000, 'b') + "\n";
  int refused = 0;
  int applied = 0;
  for (int pages = 0; pages < 14; ++pages) {
    SCOPED_TRACE(std::to_string(pages) + " pages are free");
    std::filesystem::remove(mount_ + "/filler");
    top_.write("root/src/file.c", old_text);
    const auto store = open_store();
    const auto record = edit_of("src/file.c", new_text);
    ASSERT_TRUE(store->propose(record).has_value());
    fill(pages);
    const auto result = store->apply(record.id);
    EXPECT_EQ(file(), result ? new_text : old_text);
    expect_no_strays();
    EXPECT_EQ(store->get(record.id)->state, result ? EditState::kApplied : EditState::kProposed);
    (result ? applied : refused) += 1;
    std::filesystem::remove(mount_ + "/filler");
    open_store();
    EXPECT_EQ(file(), result ? new_text : old_text);
    expect_no_strays();
    std::filesystem::remove_all(top_.path() / "state/edits");
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(applied, 0);
}

INSTANTIATE_TEST_SUITE_P(Folders, FullDisk, testing::Values("root", "state"),
                         [](const auto& folder) { return std::string(folder.param); });

}  // namespace
}  // namespace cromwell::workspace
