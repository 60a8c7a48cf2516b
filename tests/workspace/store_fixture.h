// A root with one file, a state folder, and an edit of that file, for the edit store's tests.
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
  void SetUp() override { top_.write("root/src/file.c", kOldText); }

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
    const std::string& old_bytes = snapshot->text.bytes();
    return {.id = workspace::EditStore::new_id(),
            .workspace = snapshot->workspace,
            .root = snapshot->root,
            .file = file,
            .resolved = snapshot->resolved,
            .identity = snapshot->identity,
            .base_sha256 = snapshot->sha256,
            .new_sha256 = base::sha256_hex(new_bytes),
            .instruction = "change it",
            .patch = workspace::make_diff(old_bytes, new_bytes, file)->patch,
            .old_bytes = old_bytes,
            .new_bytes = new_bytes,
            .created = {}};
  }

  // Proposes the edit of root/src/file.c and returns its id.
  std::string propose(workspace::EditStore& store) {
    const auto record = edit_of("src/file.c", kNewText);
    const auto proposed = store.propose(record);
    EXPECT_TRUE(proposed.has_value()) << proposed.error().message;
    return record.id;
  }

  std::string file() const { return top_.read("root/src/file.c"); }

  // Nothing but the file lies in its folder.
  void expect_no_strays() const {
    std::vector<std::string> strays;
    for (const std::string& name : top_.entries()) {
      const bool temp = name.find(".cromwell-") != std::string::npos || name.ends_with(".tmp") ||
                        name.ends_with(".journal");
      if (temp) strays.push_back(name);
    }
    EXPECT_EQ(strays, std::vector<std::string>());
  }

  TempFolder top_;
};

}  // namespace cromwell::tests
