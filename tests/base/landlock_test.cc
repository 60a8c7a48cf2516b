#include "base/landlock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "base/file.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::base {
namespace {

using tests::TempFolder;

// The errno of opening the file, 0 if it opens.
int open_error(const std::string& path, int flags) {
  const FileDescriptor fd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  return fd ? 0 : errno;
}

// The rights of an ABI, tried out in a child: the restriction lasts as long as the process.
class LandlockTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (landlock_abi() < GetParam()) {
      GTEST_SKIP() << "this kernel has Landlock ABI " << landlock_abi();
    }
    top_.write("inside/file", "x");
    top_.write("reading/file", "x");
    top_.write("outside/file", "x");
    top_.write("single", "x");
    std::filesystem::create_directories(top_.path() / "inside/sub");
  }

  // `body` returns the number of its first failed check, 0 if all held.
  int in_child(const LandlockRules& rules, const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto report = restrict_to(rules);
      ::_exit(report && report->abi > 0 ? body() : 99);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
  }

  LandlockRules rules() const {
    return {.read_only = {top_.str("reading"), top_.str("single")},
            .read_write = {top_.str("inside")},
            .max_abi = GetParam()};
  }

  TempFolder top_;
};

TEST_P(LandlockTest, DeniesEverythingOutside) {
  EXPECT_EQ(in_child(rules(),
                     [&] {
                       if (open_error(top_.str("outside/file"), O_RDONLY) != EACCES) return 1;
                       if (open_error(top_.str("outside/file"), O_WRONLY) != EACCES) return 2;
                       if (open_error(top_.str("outside/new"), O_WRONLY | O_CREAT) != EACCES) {
                         return 3;
                       }
                       if (::unlink(top_.str("outside/file").c_str()) == 0) return 4;
                       if (open_error(top_.str("inside/../outside/file"), O_RDONLY) != EACCES) {
                         return 5;
                       }
                       if (open_error("/etc/passwd", O_RDONLY) != EACCES) return 6;
                       if (::rename(top_.str("inside/file").c_str(),
                                    top_.str("outside/file").c_str()) == 0) {
                         return 7;
                       }
                       ::execl("/bin/true", "true", nullptr);
                       return errno == EACCES ? 0 : 8;
                     }),
            0);
  EXPECT_EQ(top_.read("outside/file"), "x");
}

TEST_P(LandlockTest, LetsReadOnlyPathsOnlyBeRead) {
  EXPECT_EQ(in_child(rules(),
                     [&] {
                       if (open_error(top_.str("reading/file"), O_RDONLY) != 0) return 1;
                       if (open_error(top_.str("reading/file"), O_WRONLY) != EACCES) return 2;
                       if (open_error(top_.str("reading/file"), O_WRONLY | O_TRUNC) != EACCES) {
                         return 3;
                       }
                       if (open_error(top_.str("reading/new"), O_WRONLY | O_CREAT) != EACCES) {
                         return 4;
                       }
                       if (::unlink(top_.str("reading/file").c_str()) == 0) return 5;
                       if (open_error(top_.str("single"), O_RDONLY) != 0) return 6;
                       return open_error(top_.str("single"), O_WRONLY) == EACCES ? 0 : 7;
                     }),
            0);
  EXPECT_EQ(top_.read("reading/file"), "x");
}

TEST_P(LandlockTest, LetsAnApplyDoItsWorkInside) {
  const std::string file = top_.str("inside/file");
  const std::string temp = top_.str("inside/temp");
  EXPECT_EQ(in_child(rules(),
                     [&] {
                       if (open_error(temp, O_WRONLY | O_CREAT | O_EXCL) != 0) return 1;
                       if (::renameat2(AT_FDCWD, temp.c_str(), AT_FDCWD, file.c_str(),
                                       RENAME_EXCHANGE) != 0) {
                         return 2;
                       }
                       if (::unlink(temp.c_str()) != 0) return 3;
                       if (::link(file.c_str(), temp.c_str()) != 0) return 4;
                       if (::rename(temp.c_str(), file.c_str()) != 0) return 5;
                       if (open_error(file, O_RDWR | O_TRUNC) != 0) return 6;
                       if (::mkdir(top_.str("inside/new").c_str(), 0700) != 0) return 7;
                       // Between folders it takes ABI 2.
                       const int moved =
                           ::rename(file.c_str(), top_.str("inside/sub/file").c_str());
                       return (moved == 0) == (GetParam() >= 2) ? 0 : 8;
                     }),
            0);
}

INSTANTIATE_TEST_SUITE_P(Abis, LandlockTest, testing::Values(1, 2, 3, 5));

TEST(Landlock, NamesAPathThatIsNotThere) {
  if (landlock_abi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const auto report = restrict_to({.read_only = {"/no/such/path"}});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code, ErrorCode::kNotFound);
  EXPECT_NE(report.error().message.find("/no/such/path"), std::string::npos);
  EXPECT_EQ(open_error("/etc/passwd", O_RDONLY), 0);
}

}  // namespace
}  // namespace cromwell::base
