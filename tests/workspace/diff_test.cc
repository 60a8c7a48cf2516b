#include "workspace/diff.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/workspace/random_text.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using tests::RandomText;

void write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

class DiffTools : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/cromwell_diff_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }

  // What the tool makes of the file `name`, empty and a failure if it refuses.
  std::string applied_by(const std::string& tool, const std::string& name,
                         const std::string& old_bytes, const std::string& patch) {
    write_file(folder_ / name, old_bytes);
    write_file(folder_ / "the.patch", patch);
    const std::string command = "cd '" + folder_.string() +
                                "' && export GIT_CEILING_DIRECTORIES=/tmp && (" + tool +
                                ") > log 2>&1 < /dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0)
        << tool << ": " << read_file(folder_ / "log") << patch;
    return read_file(folder_ / name);
  }

  void expect_tools_agree(const std::string& name, const std::string& old_bytes,
                          const std::string& new_bytes) {
    const auto diff = make_diff(old_bytes, new_bytes, name);
    ASSERT_TRUE(diff.has_value()) << diff.error().message;
    if (old_bytes == new_bytes) {
      ASSERT_EQ(diff->patch, "");
      return;
    }
    const auto ours = apply_patch(old_bytes, diff->patch);
    ASSERT_TRUE(ours.has_value()) << ours.error().message << "\n" << diff->patch;
    ASSERT_EQ(*ours, new_bytes);
    ASSERT_EQ(applied_by("git apply --check the.patch && git apply the.patch", name, old_bytes,
                         diff->patch),
              new_bytes);
    ASSERT_EQ(applied_by("patch -p1 --binary --no-backup-if-mismatch -i the.patch", name, old_bytes,
                         diff->patch),
              new_bytes);
  }

  fs::path folder_;
};

TEST(Diff, IsEmptyWhereNothingChanged) {
  const auto diff = make_diff("a\nb", "a\nb", "x");
  ASSERT_TRUE(diff.has_value());
  EXPECT_EQ(diff->patch, "");
  EXPECT_TRUE(diff->hunks.empty());
}

TEST(Diff, ReadsAsGitWritesIt) {
  const auto diff = make_diff("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\nfive\n6", "src/a b.py");
  ASSERT_TRUE(diff.has_value());
  EXPECT_EQ(diff->patch,
            "--- a/src/a b.py\t\n+++ b/src/a b.py\t\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n"
            "\\ No newline at end of file\n");
  EXPECT_EQ(diff->added, 1);
  EXPECT_EQ(diff->removed, 1);
  ASSERT_EQ(diff->hunks.size(), 1U);
  EXPECT_EQ(diff->hunks[0].old_start, 2);
  EXPECT_EQ(diff->hunks[0].lines.back(), " 6");
}

TEST(Diff, CountsHunksApart) {
  std::string old_text;
  std::string new_text;
  for (int i = 0; i < 40; ++i) {
    old_text += std::to_string(i) + "\n";
    new_text += (i == 3 || i == 30 ? "x" : std::to_string(i)) + "\n";
  }
  const auto diff = make_diff(old_text, new_text, "f");
  ASSERT_TRUE(diff.has_value());
  ASSERT_EQ(diff->hunks.size(), 2U);
  EXPECT_EQ(diff->hunks[1].old_start, 28);
}

TEST(ApplyPatch, RefusesALineThatIsNotAsThePatchSays) {
  const auto diff = make_diff("a\nb\nc\n", "a\nB\nc\n", "f");
  ASSERT_TRUE(diff.has_value());
  for (const char* other : {"a\nb\nd\n", "x\na\nb\nc\n", "a\nb\n", "", "a\nb\nc"}) {
    const auto out = apply_patch(other, diff->patch);
    ASSERT_FALSE(out.has_value()) << other;
    EXPECT_EQ(out.error().code, ErrorCode::kConflict);
  }
}

TEST(ApplyPatch, RefusesWhatIsNoPatchOfOneFile) {
  const auto diff = make_diff("a\n", "b\n", "f");
  ASSERT_TRUE(diff.has_value());
  for (const std::string& text : {std::string("hello"), diff->patch + diff->patch,
                                  diff->patch.substr(0, diff->patch.size() - 2)}) {
    const auto out = apply_patch("a\n", text);
    ASSERT_FALSE(out.has_value()) << text;
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidRequest);
  }
}

TEST(ApplyPatch, SurvivesMutatedPatches) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    const std::string old_bytes = random.file(TextEncoding::kUtf8);
    const auto diff = make_diff(old_bytes, random.file(TextEncoding::kUtf8), "f");
    ASSERT_TRUE(diff.has_value());
    std::string patch = diff->patch;
    for (int i = 0; i < 3 && !patch.empty(); ++i) {
      const auto at = static_cast<std::size_t>(random.below(static_cast<int>(patch.size())));
      if (random.below(2) == 0) {
        patch[at] = static_cast<char>(random.below(256));
      } else {
        patch.erase(at, static_cast<std::size_t>(random.below(9)));
      }
    }
    (void)apply_patch(old_bytes, patch);  // any answer, no crash
  }
}

TEST(Diff, AppliesToBytesOfEveryEncoding) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    const TextEncoding encoding = random.encoding();
    const std::string old_bytes = random.file(encoding);
    const std::string new_bytes = random.file(encoding);
    const auto diff = make_diff(old_bytes, new_bytes, "d/f");
    ASSERT_TRUE(diff.has_value());
    const auto out = apply_patch(old_bytes, diff->patch);
    ASSERT_TRUE(out.has_value()) << out.error().message << "\n" << diff->patch;
    ASSERT_EQ(*out, new_bytes);
  }
}

TEST(LineChanges, RebuildTheNewText) {
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    std::vector<std::string> old_lines;
    std::vector<std::string> new_lines;
    std::string old_text;
    std::string new_text;
    for (int i = random.below(12); i > 0; --i) {
      old_lines.push_back(random.line(TextEncoding::kUtf8) + "\n");
      if (random.below(3) != 0) new_lines.push_back(old_lines.back());
      if (random.below(3) == 0) new_lines.push_back(random.line(TextEncoding::kUtf8) + "\n");
    }
    for (const auto& line : old_lines) old_text += line;
    for (const auto& line : new_lines) new_text += line;
    const auto changes = line_changes(old_text, new_text);
    ASSERT_TRUE(changes.has_value());
    for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
      old_lines.erase(old_lines.begin() + change->old_begin,
                      old_lines.begin() + change->old_begin + change->old_count);
      old_lines.insert(old_lines.begin() + change->old_begin, new_lines.begin() + change->new_begin,
                       new_lines.begin() + change->new_begin + change->new_count);
    }
    ASSERT_EQ(old_lines, new_lines);
  }
}

TEST_F(DiffTools, AgreeOnNamesThatNeedQuoting) {
  for (const char* name :
       {"plain.txt", "with space.txt", "dir with space/two  spaces", "quote\".c", "back\\slash",
        "tab\there", "new\nline", "caf\u00e9.py", "\u4e2d\u6587", "a'b", "$(x)", "trailing ",
        "bad\xFF"
        "utf8",
        "@@ -1 +1 @@"}) {
    SCOPED_TRACE(name);
    expect_tools_agree(name, "a\nb\nc\n", "a\nB\nc\n");
  }
}

TEST_F(DiffTools, AgreeOnFilesThatBecomeEmptyOrWereEmpty) {
  expect_tools_agree("f", "", "a\n");
  expect_tools_agree("f", "", "a");
  expect_tools_agree("f", "a\n", "");
  expect_tools_agree("f", "a", "");
  expect_tools_agree("f", "a", "a\n");
  expect_tools_agree("f", "a\n", "a");
  expect_tools_agree("f", "a\r\nb\r\n", "a\nb\n");
}

TEST_F(DiffTools, AgreeOnRandomFiles) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    const TextEncoding encoding =
        random.below(2) == 0 ? TextEncoding::kUtf8 : TextEncoding::kLatin1;
    const std::string old_bytes = random.file(encoding);
    const std::string new_bytes =
        random.below(4) == 0 ? random.file(encoding) : random.edited(old_bytes, encoding);
    expect_tools_agree("src/f.txt", old_bytes, new_bytes);
  }
}

}  // namespace
}  // namespace cromwell::workspace
