// What is asked of the index for a model's context.
#include "edit/edit_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/held_parses.h"
#include "tests/fakes/small_tokenizer.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::edit {
namespace {

TEST(EditContext, HoldsDefinitionsOfFilesThatTheIndexHasNotParsedYet) {
  const tests::TempFolder folder;
  folder.write("main.py", "def run():\n    return load()\n");
  folder.write("util.py", "def load():\n    return 1\n");
  tests::HeldParses held;
  const Indexes indexes = {*workspace::FileIndex::open(folder.str(), {}, held.files())};
  for (auto state = indexes[0]->state(); !state.searchable;) {
    state = indexes[0]->wait_past(state.version);
  }
  const auto tokenizer = fakes::small_tokenizer();
  const auto workspace = *workspace::Workspace::open({folder.str()});
  const auto snapshot = *workspace->read("", "main.py");
  const auto pieces = find_context({*workspace, indexes, *tokenizer},
                                   {snapshot, snapshot.text, {1, 2}, "Change it"}, {}, 1'000,
                                   {.files = 9, .time = std::chrono::seconds(1'000)});
  held.release();
  ASSERT_TRUE(pieces);
  ASSERT_EQ(pieces->size(), 1U);
  EXPECT_EQ(pieces->front().why, "defines load");
}

}  // namespace
}  // namespace cromwell::edit
