// What a sequence counts, without an engine around it.
#include "engine/sequence.h"

#include <gtest/gtest.h>

#include "tests/engine/engine_fixture.h"

namespace cromwell::engine {
namespace {

TEST(Sequence, CountsNoMoreCachedTokensThanItsPromptCanTake) {
  KvPool pool(1);
  const auto tokenizer = fakes::small_tokenizer();
  Recorder recorder;
  Sequence sequence({.link = std::make_shared<GenerationLink>(),
                     .request = greedy(Tokens(300, 1), 5),
                     .sink = recorder.sink(),
                     .submitted = Clock::now()},
                    *tokenizer, pool);
  sequence.begin(KvCache(pool), 100);
  sequence.give_up_cache();  // it loses its place, and what it had
  sequence.begin(KvCache(pool), 0);
  sequence.skip_to(299);
  sequence.end(FinishReason::kCancelled);
  sequence.deliver_ending();
  EXPECT_EQ(recorder.finished->usage.cached_tokens, 299);
}

}  // namespace
}  // namespace cromwell::engine
