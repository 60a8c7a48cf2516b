// The index of a root on disk: what comes back, and of what nothing does.
#include "workspace/index_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fakes/temp_folder.h"

namespace cromwell::workspace {
namespace {

const CacheOwner kOwner{.root = "/home/a/project", .program = "17 4"};
constexpr FileStamp kStamp{.size = 3, .modified_ns = -5, .changed_ns = 7};

std::string some_index() {
  SymbolTable table;
  table.put("a.py", kStamp,
            {{.kind = SymbolKind::kClass, .name = "A", .lines = {1, 9}},
             {.kind = SymbolKind::kMacro, .name = "\xc3\xa9", .lines = {268435455, 268435455}}});
  table.put("sub/empty.c", {.size = 1}, {});
  return encode_index(describe_index(table, kOwner));
}

std::string reason(std::string_view bytes, const CacheOwner& owner = kOwner) {
  const auto files = decode_index(bytes, owner);
  return files ? std::string() : files.error().message;
}

TEST(IndexCache, EveryFileComesBackAsItWas) {
  const auto files = decode_index(some_index(), kOwner);
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2U);
  const RememberedFile& file = files->at("a.py");
  EXPECT_EQ(file.stamp, kStamp);
  ASSERT_EQ(file.symbols.size(), 2U);
  EXPECT_EQ(file.symbols[0].kind, SymbolKind::kClass);
  EXPECT_EQ(file.symbols[0].lines.last, 9);
  EXPECT_EQ(file.symbols[1].name, "\xc3\xa9");
  EXPECT_EQ(file.symbols[1].kind, SymbolKind::kMacro);
  EXPECT_EQ(file.symbols[1].lines.first, 268435455);
  EXPECT_TRUE(files->at("sub/empty.c").symbols.empty());
}

TEST(IndexCache, OneByteThatIsAnotherMakesItNone) {
  const std::string whole = some_index();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(reason(changed), "") << "byte " << i;
    EXPECT_NE(reason(std::string_view(whole).substr(0, i)), "") << "cut at " << i;
  }
}

TEST(IndexCache, OfAnotherRootOrProgramItIsNone) {
  EXPECT_THAT(reason(some_index(), {.root = "/home/b", .program = kOwner.program}),
              testing::HasSubstr("another root"));
  EXPECT_THAT(reason(some_index(), {.root = kOwner.root, .program = "17 5"}),
              testing::HasSubstr("program"));
}

TEST(IndexCache, AFileThatWasNotReadOrHadNoRoomIsNotKept) {
  SymbolTable table({.symbols = 1});
  table.put("unread.py", {}, {});
  table.put("whole.py", kStamp, {{.name = "f", .lines = {1, 1}}});
  table.put("cut.py", kStamp, {{.name = "g", .lines = {1, 1}}});
  const auto files = decode_index(encode_index(describe_index(table, kOwner)), kOwner);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->size(), 1U);
  EXPECT_TRUE(files->contains("whole.py"));
}

TEST(IndexCache, OneThatCannotBeUsedIsRemoved) {
  const tests::TempFolder state;
  const IndexCache cache(base::posix_file_system(), state.str(), "/a");
  ASSERT_TRUE(cache.save(describe_index(SymbolTable(), kOwner)));  // of another program
  ASSERT_EQ(state.entries().size(), 1U);
  EXPECT_TRUE(cache.load().empty());
  EXPECT_TRUE(state.entries().empty());
}

TEST(IndexCache, OfOtherRootsOnlyOldOnesAreRemovedAndNothingElse) {
  const tests::TempFolder state;
  const auto files = base::posix_file_system();
  for (const char* root : {"/a", "/b"}) {
    ASSERT_TRUE(IndexCache(files, state.str(), root).save(describe_index(SymbolTable(), kOwner)));
  }
  state.write("0123456789abcdef.tmp", "");  // broken off while it was written
  state.write("chapter1.md", "");           // somebody's own
  const auto count = [&] {
    return std::distance(std::filesystem::directory_iterator(state.path()), {});
  };
  remove_old_caches(*files, state.str(), {"/b"});
  EXPECT_EQ(count(), 4);
  for (const auto& entry : std::filesystem::directory_iterator(state.path())) {
    std::filesystem::last_write_time(
        entry.path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 31));
  }
  remove_old_caches(*files, state.str(), {"/b"});
  EXPECT_EQ(count(), 2);  // that of /b, and the chapter
}

}  // namespace
}  // namespace cromwell::workspace
