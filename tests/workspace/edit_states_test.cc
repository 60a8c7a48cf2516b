// What a file may have become since an edit of it was proposed, and what apply does then: each test
// is a row of the table in docs/edit_safety.md, which names it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/workspace/store_fixture.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using tests::Fault;
using tests::FaultyFileSystem;

const std::string kOld = "import os\n\n\ndef total(xs):\n    return sum(xs)\n\n\nLIMIT = 1\n";
const std::string kNew =
    "import os\n\n\ndef total(xs):\n    return sum(x for x in xs)\n\n\nLIMIT = 1\n";
const std::string kOutside = "import os\n\n\ndef total(xs):\n    return sum(xs)\n\n\nLIMIT = 2\n";
const std::string kInside = "import os\n\n\ndef total(xs):\n    return max(xs)\n\n\nLIMIT = 1\n";
const std::string kMerged =
    "import os\n\n\ndef total(xs):\n    return sum(x for x in xs)\n\n\nLIMIT = 2\n";

class EditStates : public tests::StoreFixture {
 protected:
  void SetUp() override {
    top_.write("root/a.py", kOld);
    files_ = std::make_shared<FaultyFileSystem>();
    store_ = open_store(files_);
    const EditRecord record = edit_of("a.py", kNew);
    ASSERT_TRUE(store_->propose(record).has_value());
    id_ = record.id;
  }

  std::string content() const { return top_.read("root/a.py"); }
  fs::path path() const { return top_.path() / "root/a.py"; }

  void expect_applied(const std::string& text, const ApplyOptions& options = {}) {
    const auto applied = store_->apply(id_, options);
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
    EXPECT_EQ(content(), text);
    EXPECT_EQ(applied->files.front().sha256, base::sha256_hex(text));
    expect_no_strays();
  }

  void expect_refused(ErrorCode code, const ApplyOptions& options = {}) {
    const auto applied = store_->apply(id_, options);
    ASSERT_FALSE(applied.has_value());
    EXPECT_EQ(static_cast<int>(applied.error().code), static_cast<int>(code))
        << applied.error().message;
    EXPECT_EQ(store_->get(id_)->state, EditState::kProposed);
    expect_no_strays();
  }

  std::shared_ptr<FaultyFileSystem> files_;
  std::shared_ptr<EditStore> store_;
  std::string id_;
};

TEST_F(EditStates, Unchanged) { expect_applied(kNew); }

TEST_F(EditStates, SavedAgainUnchanged) {
  top_.write("root/saved", kOld);
  fs::rename(top_.path() / "root/saved", path());
  expect_applied(kNew);
}

TEST_F(EditStates, ChangedOutsideTheRegion) {
  top_.write("root/a.py", kOutside);
  expect_refused(ErrorCode::kFileChanged);
  EXPECT_EQ(content(), kOutside);
}

TEST_F(EditStates, ChangedOutsideTheRegionWithMerge) {
  top_.write("root/a.py", kOutside);
  expect_applied(kMerged, {.merge = true});
  ASSERT_TRUE(store_->revert(id_).has_value());
  EXPECT_EQ(content(), kOutside);
}

TEST_F(EditStates, ChangedInsideTheRegion) {
  top_.write("root/a.py", kInside);
  expect_refused(ErrorCode::kFileChanged);
  EXPECT_EQ(content(), kInside);
}

TEST_F(EditStates, ChangedInsideTheRegionWithMerge) {
  top_.write("root/a.py", kInside);
  expect_refused(ErrorCode::kFileChanged, {.merge = true});
  EXPECT_EQ(content(), kInside);
}

// Each side alone is sound.
TEST_F(EditStates, MergedIntoASyntaxError) {
  top_.write("root/b.py", "a = 1\n\n\n\n\n\n\n\nb = 1\n");
  const EditRecord record = edit_of("b.py", "a = 1\n\n\n\ndef f():\n    pass\n\n\n\n\nb = 1\n");
  ASSERT_TRUE(store_->propose(record).has_value());
  const std::string now = "a = (1 +\n\n\n\n\n\n\n\n1)\n";
  top_.write("root/b.py", now);
  const auto merged = store_->apply(record.id, {.merge = true});
  ASSERT_FALSE(merged.has_value());
  EXPECT_NE(merged.error().message.find("syntax error"), std::string::npos)
      << merged.error().message;
  EXPECT_EQ(top_.read("root/b.py"), now);
}

TEST_F(EditStates, LeadsElsewhereWithMerge) {
  top_.link("root/link.py", "a.py");
  const EditRecord record = edit_of("link.py", kNew);
  ASSERT_TRUE(store_->propose(record).has_value());
  top_.write("root/b.py", kOutside);
  fs::remove(top_.path() / "root/link.py");
  top_.link("root/link.py", "b.py");
  const auto applied = store_->apply(record.id, {.merge = true});
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().code, ErrorCode::kFileChanged) << applied.error().message;
  EXPECT_EQ(top_.read("root/b.py"), kOutside);
  const auto kept = store_->get(record.id);  // nothing of the other file has come into the edit
  EXPECT_EQ(kept->files.front().old_bytes, kOld);
  EXPECT_EQ(kept->files.front().new_bytes, kNew);
}

TEST_F(EditStates, AppliedAlready) {
  top_.write("root/a.py", kNew);
  expect_refused(ErrorCode::kFileChanged);
  expect_applied(kNew, {.merge = true});
}

TEST_F(EditStates, Deleted) {
  fs::remove(path());
  expect_refused(ErrorCode::kFileChanged);
  expect_refused(ErrorCode::kFileChanged, {.merge = true});
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(EditStates, DeletedAndCreatedWithOtherText) {
  fs::remove(path());
  top_.write("root/a.py", "another\n");
  expect_refused(ErrorCode::kFileChanged);
  EXPECT_EQ(content(), "another\n");
}

TEST_F(EditStates, ModeChanged) {
  fs::permissions(path(), fs::perms(0751));
  expect_applied(kNew);
  struct stat found{};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0751U);
}

TEST_F(EditStates, BecameALink) {
  top_.write("root/b.py", kOld);
  fs::remove(path());
  top_.link("root/a.py", "b.py");
  expect_refused(ErrorCode::kFileChanged);
  EXPECT_EQ(top_.read("root/b.py"), kOld);
}

TEST_F(EditStates, BecameAFolder) {
  fs::remove(path());
  fs::create_directory(path());
  expect_refused(ErrorCode::kFileChanged);
}

TEST_F(EditStates, BecameBinary) {
  const std::string binary("\0\1\2", 3);
  top_.write("root/a.py", binary);
  expect_refused(ErrorCode::kFileChanged);
  expect_refused(ErrorCode::kUnsupportedFile, {.merge = true});
  EXPECT_EQ(content(), binary);
}

TEST_F(EditStates, HardLinked) {
  fs::create_hard_link(path(), top_.path() / "root/b.py");
  expect_refused(ErrorCode::kUnsupportedFile);
  EXPECT_EQ(content(), kOld);
}

TEST_F(EditStates, ReadOnly) {
  files_->lacks = [](const std::string& call) {
    return call.starts_with("access_at") ? EACCES : 0;
  };
  expect_refused(ErrorCode::kForbidden);
  EXPECT_EQ(content(), kOld);
}

TEST_F(EditStates, OnAReadOnlyFileSystem) {
  files_->lacks = [](const std::string& call) {
    return call.starts_with("open_at .cromwell-") ? EROFS : 0;
  };
  expect_refused(ErrorCode::kForbidden);
  EXPECT_EQ(content(), kOld);
}

TEST_F(EditStates, DiskFull) {
  files_->lacks = [](const std::string& call) {
    return call.starts_with("write .cromwell-") ? ENOSPC : 0;
  };
  expect_refused(ErrorCode::kIo);
  EXPECT_EQ(content(), kOld);
}

TEST_F(EditStates, OpenForWriting) {
  const base::FileDescriptor writer(::open(path().c_str(), O_WRONLY | O_CLOEXEC));
  expect_refused(ErrorCode::kFileChanged);
  EXPECT_EQ(content(), kOld);
}

TEST_F(EditStates, AreAllInTheDocumentsTable) {
  std::ifstream in(CROMWELL_SOURCE_DIR "/docs/edit_safety.md");
  std::stringstream document;
  document << in.rdbuf();
  const auto* suite = testing::UnitTest::GetInstance()->current_test_suite();
  for (int i = 0; i < suite->total_test_count(); ++i) {
    const std::string name = suite->GetTestInfo(i)->name();
    if (name == "AreAllInTheDocumentsTable") continue;
    EXPECT_NE(document.str().find("`" + name + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace cromwell::workspace
