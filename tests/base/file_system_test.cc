#include "base/file_system.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include "base/file_io.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::base {
namespace {

using tests::Fault;
using tests::FaultyFileSystem;

class FileIo : public testing::Test {
 protected:
  void SetUp() override {
    top_.write("file", "0123456789");
    folder_.reset(::open(top_.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  tests::TempFolder top_;
  FileDescriptor folder_;
  FaultyFileSystem files_;
};

TEST_F(FileIo, ReadsWholeFilesThroughShortReadsAndInterrupts) {
  for (const Fault::Kind kind : {Fault::Kind::kShort, Fault::Kind::kFail}) {
    for (int k = 1; k <= 3; ++k) {
      const FileDescriptor fd(files_.open_at(folder_.get(), "file", O_RDONLY, 0));
      files_.fault = {.kind = kind, .at_call = files_.calls + k, .error_number = EINTR};
      const auto bytes = read_all(files_, fd.get(), 10, "file");
      ASSERT_TRUE(bytes.has_value());
      EXPECT_EQ(*bytes, "0123456789");
    }
  }
}

TEST_F(FileIo, StopsAtItsLimit) {
  const FileDescriptor fd(files_.open_at(folder_.get(), "file", O_RDONLY, 0));
  const auto bytes = read_all(files_, fd.get(), 9, "file");
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, ErrorCode::kPayloadTooLarge);
}

TEST_F(FileIo, ReadsNoMoreThanAsked) {
  const FileDescriptor fd(files_.open_at(folder_.get(), "file", O_RDONLY, 0));
  EXPECT_EQ(read_up_to(files_, fd.get(), 4, "file").value(), "0123");
  EXPECT_EQ(read_up_to(files_, fd.get(), 40, "file").value(), "456789");
}

TEST_F(FileIo, WritesAllThroughShortWrites) {
  files_.fault = {.kind = Fault::Kind::kShort, .at_call = 1, .sticky = true};
  const FileDescriptor fd(::openat(folder_.get(), "new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(write_all(files_, fd.get(), "0123456789", "new").has_value());
  EXPECT_EQ(top_.read("new"), "0123456789");
}

TEST_F(FileIo, AWholeFileIsOldOrNewWhateverFails) {
  for (const Fault::Kind kind : {Fault::Kind::kFail, Fault::Kind::kFailAfter}) {
    for (int k = 1; k <= 6; ++k) {
      top_.write("file", "old");
      files_.fault = {.kind = kind, .at_call = files_.calls + k};
      const auto done = write_whole(files_, folder_.get(), "file", "new");
      EXPECT_TRUE(!done || top_.read("file") == "new");
      EXPECT_TRUE(top_.read("file") == "old" || top_.read("file") == "new");
    }
  }
}

TEST(PosixFileSystem, ABrokenLeaseDoesNotEndTheProcess) {
  const tests::TempFolder top;
  top.write("file", "x");
  const auto files = posix_file_system();
  const FileDescriptor fd(::open(top.str("file").c_str(), O_RDONLY | O_CLOEXEC));
  if (files->take_lease(fd.get()) != 0) GTEST_SKIP() << "this file system has no leases";
  EXPECT_EQ(files->get_lease(fd.get()), F_RDLCK);
  const int writer = ::open(top.str("file").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  EXPECT_EQ(writer, -1);
  EXPECT_EQ(errno, EWOULDBLOCK);
  EXPECT_NE(files->get_lease(fd.get()), F_RDLCK);
}

TEST(PosixFileSystem, NoLeaseIsGivenWhileAWriterHasTheFile) {
  const tests::TempFolder top;
  top.write("file", "x");
  const FileDescriptor writer(::open(top.str("file").c_str(), O_WRONLY | O_CLOEXEC));
  const FileDescriptor fd(::open(top.str("file").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(posix_file_system()->take_lease(fd.get()), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(PosixFileSystem, OpensNoLinkByItsName) {
  const tests::TempFolder top;
  top.link("link", "/etc/passwd");
  const FileDescriptor folder(::open(top.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_EQ(posix_file_system()->open_at(folder.get(), "link", O_RDONLY, 0), -1);
  EXPECT_EQ(errno, ELOOP);
}

}  // namespace
}  // namespace cromwell::base
