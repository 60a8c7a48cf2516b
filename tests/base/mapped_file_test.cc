#include "base/mapped_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace cromwell::base {
namespace {

using testing::HasSubstr;

class MappedFileTest : public testing::Test {
 protected:
  static constexpr std::size_t kSize = 1 << 20;

  void SetUp() override {
    path_ =
        std::filesystem::temp_directory_path() / ("cromwell-mapped-" + std::to_string(::getpid()));
    std::ofstream(path_, std::ios::binary) << std::string(kSize, 'x');
  }
  void TearDown() override { std::filesystem::remove(path_); }

  static long sum(std::span<const std::byte> bytes) {
    long total = 0;
    for (const std::byte byte : bytes) total += static_cast<int>(byte);
    return total;
  }

  std::filesystem::path path_;
};

TEST_F(MappedFileTest, ShowsTheBytesOfTheFile) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ((*file)->bytes().size(), kSize);
  EXPECT_EQ(sum((*file)->bytes()), static_cast<long>(kSize) * 'x');
  EXPECT_TRUE((*file)->intact());
}

TEST_F(MappedFileTest, ReadsZerosBehindATruncationAndSaysSo) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_GT(sum((*file)->bytes()), 0);
  std::filesystem::resize_file(path_, 8192);
  EXPECT_EQ(sum((*file)->bytes()), 8192L * 'x');
  EXPECT_FALSE((*file)->intact());
}

TEST_F(MappedFileTest, SurvivesATruncationThatManyThreadsMeet) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  std::filesystem::resize_file(path_, 0);
  std::vector<std::thread> threads;
  std::vector<long> sums(8, -1);
  for (long& total : sums) {
    threads.emplace_back([&] { total = sum((*file)->bytes()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(sums, testing::Each(0));
  EXPECT_FALSE((*file)->intact());
}

TEST_F(MappedFileTest, NoticesThatTheFileWasOverwrittenInPlace) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  EXPECT_FALSE((*file)->intact());
}

TEST_F(MappedFileTest, KeepsReadingAFileThatWasReplacedByAnother) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  const std::string other = path_.string() + ".new";
  std::ofstream(other) << "new";
  std::filesystem::rename(other, path_);
  EXPECT_EQ(sum((*file)->bytes()), static_cast<long>(kSize) * 'x');
  EXPECT_TRUE((*file)->intact());
}

TEST_F(MappedFileTest, OneTruncatedFileLeavesTheOthersAlone) {
  const std::string other = path_.string() + ".other";
  std::ofstream(other, std::ios::binary) << std::string(kSize, 'y');
  const auto a = MappedFile::open(path_);
  const auto b = MappedFile::open(other);
  ASSERT_TRUE(a && b);
  std::filesystem::resize_file(path_, 0);
  EXPECT_EQ(sum((*a)->bytes()), 0);
  EXPECT_EQ(sum((*b)->bytes()), static_cast<long>(kSize) * 'y');
  EXPECT_FALSE((*a)->intact());
  EXPECT_TRUE((*b)->intact());
  std::filesystem::remove(other);
}

TEST_F(MappedFileTest, RefusesOneMappingMoreThanItsLimitAndTakesItWhenOneIsFree) {
  std::vector<std::unique_ptr<MappedFile>> files;
  for (int i = 0; i < MappedFile::kMaxMappings; ++i) {
    auto file = MappedFile::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    files.push_back(std::move(*file));
  }
  EXPECT_THAT(MappedFile::open(path_).error().message, HasSubstr("more than 64 files mapped"));
  files.pop_back();
  EXPECT_TRUE(MappedFile::open(path_));
}

TEST_F(MappedFileTest, LeavesOtherBusErrorsToKillTheProcess) {
  const auto file = MappedFile::open(path_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_DEATH(std::raise(SIGBUS), "");  // by the signal, or by a sanitizer's report of it
  const int fd = ::open(path_.c_str(), O_RDONLY);
  void* unguarded = ::mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE, fd, 0);
  ASSERT_NE(unguarded, MAP_FAILED);
  std::filesystem::resize_file(path_, 0);
  EXPECT_EXIT(std::exit(*static_cast<volatile char*>(unguarded)), testing::KilledBySignal(SIGBUS),
              "");
  ::munmap(unguarded, kSize);
  ::close(fd);
}

}  // namespace
}  // namespace cromwell::base
