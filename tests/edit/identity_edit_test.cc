// A model that writes the region as it is changes nothing, whatever the file is like.
#include <gtest/gtest.h>

#include "tests/edit/edit_fixture.h"
#include "tests/fakes/campaign.h"
#include "tests/workspace/random_text.h"

namespace cromwell::edit {
namespace {

class IdentityEdit : public EditServiceTest {};

TEST_F(IdentityEdit, LeavesIdenticalBytes) {
  int unchanged = 0;
  const int rounds = tests::campaign_size(150, 10'000);
  for (int seed = 0; seed < rounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RandomText random(static_cast<std::uint32_t>(seed));
    const std::string bytes = random.file(random.encoding());
    const auto file = workspace::TextFile::parse(bytes);
    ASSERT_TRUE(file.has_value());
    if (file->line_count() == 0) continue;
    const int first = 1 + random.below(file->line_count());
    const workspace::LineRange lines{first, first + random.below(file->line_count() - first + 1)};
    EditRequest request = applied_request();
    request.selection = lines;
    std::string region = file->text(lines);
    if (region.ends_with('\n')) region.pop_back();
    service_.reset();
    const auto answer = edit(bytes, region, std::move(request));
    ASSERT_EQ(folder_.read("a.py"), bytes) << "lines " << lines.first << " to " << lines.last;
    if (answer->done && answer->done->finish_reason == "no_change") ++unchanged;
    ASSERT_FALSE(answer->applied.has_value());
  }
  std::cout << unchanged << " of " << rounds << " answered with no_change, the rest refused\n";
  EXPECT_GT(unchanged, rounds / 2);
}

}  // namespace
}  // namespace cromwell::edit
