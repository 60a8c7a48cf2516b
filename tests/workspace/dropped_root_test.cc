// A root that is dropped while the daemon runs.
#include <gtest/gtest.h>

#include "tests/fakes/temp_folder.h"
#include "workspace/workspace.h"

namespace cromwell::workspace {
namespace {

using base::ErrorCode;

class DroppedRoot : public testing::Test {
 protected:
  void SetUp() override {
    top_.write("first/a.txt", "a\n");
    top_.write("second/b.txt", "b\n");
    auto opened = Workspace::open({top_.str("first"), top_.str("second")});
    ASSERT_TRUE(opened) << opened.error().message;
    workspace_ = *opened;
  }
  tests::TempFolder top_;
  std::shared_ptr<Workspace> workspace_;
};

TEST_F(DroppedRoot, IsOutsideForReadingAndWritingAndIsNamedNoMore) {
  workspace_->drop_root(1);
  const auto read = workspace_->read(top_.str("second"), "b.txt");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kPathOutsideRoot);
  EXPECT_NE(read.error().message.find("The roots are " + top_.str("first") + ";"),
            std::string::npos)
      << read.error().message;
  const auto parent = workspace_->open_parent(top_.str("second"), "b.txt");
  ASSERT_FALSE(parent);
  EXPECT_EQ(parent.error().code, ErrorCode::kPathOutsideRoot);
  EXPECT_TRUE(workspace_->read("", "a.txt"));
}

TEST_F(DroppedRoot, TheFirstOneLeftIsTheDefault) {
  workspace_->drop_root(0);
  EXPECT_TRUE(workspace_->read("", "b.txt"));
  workspace_->drop_root(1);
  EXPECT_EQ(workspace_->read("", "b.txt").error().code, ErrorCode::kPathOutsideRoot);
}

}  // namespace
}  // namespace cromwell::workspace
