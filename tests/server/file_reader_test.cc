// The helper process that reads files again for a confined daemon.
#include "server/file_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/landlock.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::server {
namespace {

class FileReaderTest : public testing::Test {
 protected:
  FileReaderTest() {
    folder_.write("config", "old");
    auto started = FileReader::start({folder_.str("config"), folder_.str("missing")});
    EXPECT_TRUE(started) << started.error().message;
    reader_ = std::move(*started);
  }
  tests::TempFolder folder_;
  std::unique_ptr<FileReader> reader_;
};

TEST_F(FileReaderTest, ReadsWhatTheFileHoldsNow) {
  EXPECT_EQ(reader_->read(folder_.str("config")).value(), "old");
  folder_.write("config.new", "new");
  std::filesystem::rename(folder_.str("config.new"), folder_.str("config"));
  EXPECT_EQ(reader_->read(folder_.str("config")).value(), "new");
  folder_.write("config", "");
  EXPECT_EQ(reader_->read(folder_.str("config")).value(), "");
}

TEST_F(FileReaderTest, NamesWhatCannotBeReadAndGoesOn) {
  const auto missing = reader_->read(folder_.str("missing"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, folder_.str("missing") + ": No such file or directory");
  folder_.write("missing", std::string(FileReader::kMaxFileBytes + 1, 'x'));
  EXPECT_FALSE(reader_->read(folder_.str("missing")));
  EXPECT_EQ(reader_->read(folder_.str("config")).value(), "old");
}

TEST_F(FileReaderTest, ReadsNoFileThatWasNotNamedAtTheStart) {
  folder_.write("other", "secret");
  EXPECT_EQ(reader_->read(folder_.str("other")).error().code, base::ErrorCode::kForbidden);
}

TEST_F(FileReaderTest, APipeInPlaceOfTheFileDoesNotBlock) {
  std::filesystem::remove(folder_.str("config"));
  ASSERT_EQ(::mkfifo(folder_.str("config").c_str(), 0600), 0);
  EXPECT_EQ(reader_->read(folder_.str("config")).value(), "");
}

TEST_F(FileReaderTest, AnAnswerThatComesTooLateIsNotTakenForTheNextOne) {
  reader_ = std::move(FileReader::start({folder_.str("config"), folder_.str("missing")},
                                        std::chrono::milliseconds(100)))
                .value();
  ASSERT_EQ(::kill(reader_->helper(), SIGSTOP), 0);
  const auto given_up = reader_->read(folder_.str("missing"));
  ASSERT_EQ(::kill(reader_->helper(), SIGCONT), 0);
  ASSERT_FALSE(given_up);
  auto read = reader_->read(folder_.str("config"));
  while (!read && read.error().message.ends_with("does not answer")) {  // a busy machine
    read = reader_->read(folder_.str("config"));
  }
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, "old");
}

TEST_F(FileReaderTest, ServesAProcessThatIsConfined) {
  if (base::landlock_abi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!base::restrict_to({})) ::_exit(2);
    if (::open(folder_.str("config").c_str(), O_RDONLY | O_CLOEXEC) >= 0) ::_exit(3);
    const auto read = reader_->read(folder_.str("config"));
    ::_exit(read && *read == "old" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not read, 2: not confined, 3: could open it itself";
}

}  // namespace
}  // namespace cromwell::server
