#include "base/resident_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include "base/mapped_file.h"

namespace cromwell::base {
namespace {

using testing::HasSubstr;

constexpr std::size_t kSize = std::size_t{9} << 20;
constexpr uid_t kNobody = 65534;

class ResidentPagesTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "cromwell-resident-" + std::to_string(::getpid());
    std::ofstream(path_, std::ios::binary) << std::string(kSize, 'x');
    auto file = MappedFile::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    file_ = std::move(*file);
  }
  void TearDown() override { ::unlink(path_.c_str()); }

  std::size_t resident_bytes() const {
    std::ifstream smaps("/proc/self/smaps");
    bool ours = false;
    for (std::string line; std::getline(smaps, line);) {
      if (line.find(path_) != std::string::npos) ours = true;
      if (ours && line.starts_with("Rss:")) return std::strtoull(&line[4], nullptr, 10) << 10;
    }
    return 0;
  }

  std::string path_;
  std::unique_ptr<MappedFile> file_;
};

TEST_F(ResidentPagesTest, EntersTheWholeMappingIntoThePageTable) {
  ASSERT_LT(resident_bytes(), kSize);
  const ResidentPages resident(file_->bytes());
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (resident_bytes() < kSize) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up);
    std::this_thread::yield();
  }
}

TEST_F(ResidentPagesTest, TakesBytesThatBeginAnywhere) {
  const ResidentPages resident(file_->bytes().subspan(777, 12345));
}

TEST_F(ResidentPagesTest, SurvivesAFileThatWasTruncated) {
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  const ResidentPages resident(file_->bytes());
}

TEST_F(ResidentPagesTest, CanBeDroppedWhileItReads) {
  for (int i = 0; i < 20; ++i) const ResidentPages resident(file_->bytes());
}

TEST_F(ResidentPagesTest, LockingKeepsThePagesThatWereRead) {
  const auto few = file_->bytes().first(std::size_t{16} << 10);
  const auto locked = lock_in_memory(few);
  ASSERT_TRUE(locked) << locked.error().message;
  volatile std::byte first = few.front();
  static_cast<void>(first);
  std::ifstream status("/proc/self/status");
  std::string text((std::istreambuf_iterator<char>(status)), {});
  EXPECT_THAT(text, HasSubstr("VmLck:\t      16 kB"));
}

// In a child that may lock 64 KiB and has no privilege to lock more.
TEST_F(ResidentPagesTest, ALimitOnLockingIsAnErrorThatNamesIt) {
  EXPECT_EXIT(
      {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 64 << 10;
        ::setrlimit(RLIMIT_MEMLOCK, &limit);
        if (::geteuid() == 0 && ::seteuid(kNobody) != 0) std::_Exit(2);
        const auto locked = lock_in_memory(file_->bytes());
        if (!locked) std::fputs(locked.error().message.c_str(), stderr);
        std::_Exit(locked ? 1 : 0);
      },
      testing::ExitedWithCode(0), "cannot lock the model's 9 MiB.*may lock 1 MiB.*--mlock");
}

}  // namespace
}  // namespace cromwell::base
