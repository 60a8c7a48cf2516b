#include "base/beneath.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/file.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::base {
namespace {

class Beneath : public testing::Test {
 protected:
  void SetUp() override {
    top_.write("root/sub/file", "x");
    top_.write("outside", "x");
    top_.link("root/in", "sub/file");
    top_.link("root/out", "../outside");
    top_.link("root/absolute", "/etc/passwd");
    folder_.reset(::open(top_.str("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  // The errno of the open, 0 if it succeeds.
  int error_of(const std::string& path, Links links) {
    const FileDescriptor fd(open_beneath(folder_.get(), path, O_RDONLY, links));
    return fd ? 0 : errno;
  }

  tests::TempFolder top_;
  FileDescriptor folder_;
};

TEST_F(Beneath, OpensWhatIsBeneath) {
  EXPECT_EQ(error_of("sub/file", Links::kRefuse), 0);
  EXPECT_EQ(error_of("sub/../sub/file", Links::kRefuse), 0);
  EXPECT_EQ(error_of("in", Links::kFollowBeneath), 0);
}

TEST_F(Beneath, RefusesEveryWayOut) {
  for (const char* path :
       {"..", "../outside", "sub/../../outside", "/etc/passwd", "out", "absolute", "/"}) {
    EXPECT_EQ(error_of(path, Links::kFollowBeneath), EXDEV) << path;
  }
}

TEST_F(Beneath, RefusesLinksWhereNoneMayBe) { EXPECT_EQ(error_of("in", Links::kRefuse), ELOOP); }

TEST_F(Beneath, SetsCloseOnExec) {
  const FileDescriptor fd(open_beneath(folder_.get(), "sub", O_PATH, Links::kRefuse));
  EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(Beneath, NamesWhereADescriptorIs) {
  const FileDescriptor fd(open_beneath(folder_.get(), "in", O_RDONLY, Links::kFollowBeneath));
  EXPECT_EQ(descriptor_path(fd.get()), top_.str("root/sub/file"));
  EXPECT_EQ(descriptor_path(-1), "");
}

}  // namespace
}  // namespace cromwell::base
