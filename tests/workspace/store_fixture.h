// A root with one file or several, a state folder, and an edit of them, for the edit store's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/hash.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_folder.h"
#include "workspace/diff.h"
#include "workspace/edit_store.h"

namespace cromwell::tests {

inline const std::string kOldText = "one\r\ntwo\nthree";
inline const std::string kNewText = "one\r\n2\nthree\nfour";

class StoreFixture : public testing::Test {
 protected:
  void SetUp() override { write_files(kOldText); }

  // The files of the edit; the first is src/file.c.
  std::string name_of(int file) const {
    if (file == 0) return "src/file.c";
    return (file % 2 == 1 ? "src/more/file" : "src/file") + std::to_string(file) + ".c";
  }
  void write_files(const std::string& text) const {
    for (int i = 0; i < file_count_; ++i) top_.write("root/" + name_of(i), text);
  }
  std::string file(int number = 0) const { return top_.read("root/" + name_of(number)); }
  bool all_files_hold(const std::string& text) const {
    for (int i = 0; i < file_count_; ++i) {
      if (file(i) != text) return false;
    }
    return true;
  }
  bool each_file_is_whole() const {
    for (int i = 0; i < file_count_; ++i) {
      if (file(i) != kOldText && file(i) != kNewText) return false;
    }
    return true;
  }

  // A store over the folders, by `seam` or the kernel.
  std::shared_ptr<workspace::EditStore> open_store(std::shared_ptr<base::FileSystem> seam = nullptr,
                                                   workspace::EditStoreLimits limits = {}) {
    if (!seam) seam = base::posix_file_system();
    auto roots = workspace::Workspace::open({top_.str("root")}, {}, seam);
    EXPECT_TRUE(roots.has_value()) << roots.error().message;
    auto store = workspace::EditStore::open(top_.str("state"), *roots, seam, limits);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? *store : nullptr;
  }

  workspace::EditRecord edit_of(const std::string& file, const std::string& new_bytes) {
    const auto roots = workspace::Workspace::open({top_.str("root")});
    const auto snapshot = (*roots)->read("", file);
    EXPECT_TRUE(snapshot.has_value()) << snapshot.error().message;
    return {.id = workspace::EditStore::new_id(),
            .workspace = snapshot->workspace,
            .root = snapshot->root,
            .instruction = "change it",
            .files = {change_of(*snapshot, new_bytes)},
            .created = {}};
  }

  static workspace::FileChange change_of(const workspace::Snapshot& snapshot,
                                         const std::string& new_bytes) {
    const std::string& old_bytes = snapshot.text.bytes();
    return {.file = snapshot.file,
            .resolved = snapshot.resolved,
            .base_sha256 = snapshot.sha256,
            .new_sha256 = base::sha256_hex(new_bytes),
            .patch = workspace::make_diff(old_bytes, new_bytes, snapshot.file)->patch,
            .old_bytes = old_bytes,
            .new_bytes = new_bytes};
  }

  // Proposes the edit of the files and returns its id.
  std::string propose(workspace::EditStore& store) {
    auto record = edit_of(name_of(0), kNewText);
    const auto roots = workspace::Workspace::open({top_.str("root")});
    for (int i = 1; i < file_count_; ++i) {
      record.files.push_back(change_of(*(*roots)->read("", name_of(i)), kNewText));
    }
    const auto proposed = store.propose(record);
    EXPECT_TRUE(proposed.has_value()) << proposed.error().message;
    return record.id;
  }

  // Nothing but the files lies in their folders.
  void expect_no_strays() const {
    std::vector<std::string> strays;
    for (const std::string& name : top_.entries()) {
      const bool temp = name.find(".cromwell-") != std::string::npos || name.ends_with(".tmp") ||
                        name.ends_with(".journal");
      if (temp) strays.push_back(name);
    }
    EXPECT_EQ(strays, std::vector<std::string>());
  }

  int file_count_ = 1;
  TempFolder top_;
};

}  // namespace cromwell::tests
