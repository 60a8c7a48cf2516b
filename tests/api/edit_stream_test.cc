// Streams that a client can come back to: numbers, what is kept, and who reads.
#include "api/edit_stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "api/stream_keeper.h"
#include "tests/api/fake_responder.h"

namespace cromwell::api {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNever{3'600'000};
constexpr std::size_t kPlenty = 1U << 20;

JsonOut number(int value) {
  JsonOut data;
  data["value"] = value;
  return data;
}

std::string ids_of(const HttpResponse& response) {
  std::string ids;
  for (const SseEvent& event : parse_sse(response.body)) ids += event.id + " ";
  return ids;
}

TEST(EditStream, NumbersItsEventsFromOne) {
  EditStream stream(kPlenty);
  const auto reader = std::make_shared<FakeResponder>();
  ASSERT_TRUE(stream.attach(reader, 0));
  stream.add("token", number(7), false);
  stream.add("done", number(8), true);
  EXPECT_EQ(reader->wait().body,
            "id: 1\nevent: token\ndata: {\"value\":7}\n\n"
            "id: 2\nevent: done\ndata: {\"value\":8}\n\n");
  EXPECT_EQ(reader->misuse(), "");
}

TEST(EditStream, GivesAReaderWhatItHasNotSeenAndThenWhatComes) {
  EditStream stream(kPlenty);
  for (int i = 1; i <= 3; ++i) stream.add("token", number(i), false);
  const auto reader = std::make_shared<FakeResponder>();
  ASSERT_TRUE(stream.attach(reader, 1));
  stream.add("done", number(4), true);
  EXPECT_EQ(ids_of(reader->wait()), "2 3 4 ");
}

TEST(EditStream, IsReadToItsEndAfterItHasEnded) {
  EditStream stream(kPlenty);
  stream.add("done", number(1), true);
  const auto reader = std::make_shared<FakeResponder>();
  ASSERT_TRUE(stream.attach(reader, 0));
  EXPECT_EQ(ids_of(reader->wait()), "1 ");
  const auto again = std::make_shared<FakeResponder>();
  ASSERT_TRUE(stream.attach(again, 1));
  EXPECT_EQ(again->wait().body, "");
}

TEST(EditStream, EndsTheReaderBefore) {
  EditStream stream(kPlenty);
  const auto first = std::make_shared<FakeResponder>();
  const auto second = std::make_shared<FakeResponder>();
  ASSERT_TRUE(stream.attach(first, 0));
  stream.add("token", number(1), false);
  ASSERT_TRUE(stream.attach(second, 0));
  stream.add("done", number(2), true);
  EXPECT_EQ(ids_of(first->wait()), "1 ");
  EXPECT_EQ(ids_of(second->wait()), "1 2 ");
  EXPECT_EQ(first->misuse() + second->misuse(), "");
}

TEST(EditStream, KeepsOnlyItsLastEventsAndSaysWhatIsGone) {
  EditStream stream(100);  // two events
  for (int i = 1; i <= 5; ++i) stream.add("token", number(i), false);
  const auto reader = std::make_shared<FakeResponder>();
  const auto gone = stream.attach(reader, 1);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, base::ErrorCode::kNotFound);
  EXPECT_FALSE(reader->answered());
  const auto ahead = stream.attach(reader, 6);
  ASSERT_FALSE(ahead);
  EXPECT_EQ(ahead.error().code, base::ErrorCode::kInvalidRequest);
  ASSERT_TRUE(stream.attach(reader, 3));
  stream.add("done", number(6), true);
  EXPECT_EQ(ids_of(reader->wait()), "4 5 6 ");
}

class Keeper : public ::testing::Test {
 protected:
  void start(StreamLimits limits) { keeper_ = std::make_shared<StreamKeeper>(limits); }

  std::shared_ptr<EditStream> open(
      const std::string& id, std::shared_ptr<FakeResponder> reader,
      std::function<void()> cancel = [] {}) {
    auto edit = std::make_shared<base::CallSwitch>();
    edit->watch(std::move(cancel));
    edits_.push_back(edit);
    return keeper_->open(id, std::move(reader), std::move(edit));
  }
  base::ErrorCode refusal(const std::string& id) {
    const auto resumed = keeper_->resume(id, std::make_shared<FakeResponder>(), 0);
    return resumed ? base::ErrorCode::kInternal : resumed.error().code;
  }

  std::vector<std::shared_ptr<base::CallSwitch>> edits_;  // who run hold their own
  std::shared_ptr<StreamKeeper> keeper_;
};

TEST_F(Keeper, CancelsAnEditThatNobodyCameBackTo) {
  start({.patience = milliseconds(1)});
  std::promise<void> cancelled;
  const auto reader = std::make_shared<FakeResponder>();
  const auto stream = open("a", reader, [&] { cancelled.set_value(); });
  reader->go_away();
  cancelled.get_future().wait();
  EXPECT_EQ(refusal("a"), base::ErrorCode::kNotFound);
}

TEST_F(Keeper, LetsAnEditGoOnForWhoComesBack) {
  start({.patience = kNever});
  std::atomic<bool> cancelled = false;
  const auto first = std::make_shared<FakeResponder>();
  const auto stream = open("a", first, [&] { cancelled = true; });
  stream->add("token", number(1), false);
  first->go_away();
  stream->add("token", number(2), false);
  const auto second = std::make_shared<FakeResponder>();
  ASSERT_TRUE(keeper_->resume("a", second, 1));
  stream->add("done", number(3), true);
  EXPECT_EQ(ids_of(second->wait()), "2 3 ");
  EXPECT_FALSE(cancelled);
}

TEST_F(Keeper, TheLateNewsOfAnOldReadersEndTakesNothingFromTheNewOne) {
  start({.patience = milliseconds(0)});
  std::atomic<bool> cancelled = false;
  const auto first = std::make_shared<FakeResponder>();
  const auto stream = open("a", first, [&] { cancelled = true; });
  const auto second = std::make_shared<FakeResponder>();
  ASSERT_TRUE(keeper_->resume("a", second, 0));
  first->go_away();
  std::promise<void> other_cancelled;
  const auto other = std::make_shared<FakeResponder>();
  open("b", other, [&] { other_cancelled.set_value(); });
  other->go_away();
  other_cancelled.get_future().wait();  // the keeper has had its turn
  EXPECT_FALSE(cancelled);
}

TEST_F(Keeper, ForgetsAStreamSomeTimeAfterItsEditEnded) {
  start({.patience = milliseconds(0)});
  const auto stream = open("a", std::make_shared<FakeResponder>());
  stream->add("done", number(1), true);
  keeper_->ended("a");
  while (refusal("a") != base::ErrorCode::kNotFound) std::this_thread::yield();
}

TEST_F(Keeper, CancelsByIdAndKnowsNoOther) {
  start({.patience = kNever});
  std::atomic<bool> cancelled = false;
  open("a", std::make_shared<FakeResponder>(), [&] { cancelled = true; });
  EXPECT_EQ(keeper_->cancel("a").value(), true);
  EXPECT_TRUE(cancelled);
  EXPECT_EQ(keeper_->cancel("b").error().code, base::ErrorCode::kNotFound);
}

TEST_F(Keeper, ForgetsEndedEditsFirstWhereThereAreTooMany) {
  start({.patience = kNever, .streams = 2});
  const auto running = std::make_shared<FakeResponder>();
  std::atomic<bool> cancelled = false;
  open("running", running, [&] { cancelled = true; });
  open("ended", std::make_shared<FakeResponder>());
  keeper_->ended("ended");
  open("c", std::make_shared<FakeResponder>());
  EXPECT_EQ(refusal("ended"), base::ErrorCode::kNotFound);
  open("d", std::make_shared<FakeResponder>());
  EXPECT_EQ(refusal("running"), base::ErrorCode::kNotFound);
  EXPECT_FALSE(cancelled);  // its reader reads on,
  running->go_away();
  EXPECT_TRUE(cancelled);  // but cannot come back
}

TEST_F(Keeper, CancelsAnEditThatItForgetsWhileNobodyReadsIt) {
  start({.patience = kNever, .streams = 1});
  bool cancelled = false;
  const auto reader = std::make_shared<FakeResponder>();
  open("left", reader, [&] { cancelled = true; });
  reader->go_away();
  EXPECT_FALSE(cancelled);
  open("next", std::make_shared<FakeResponder>());
  EXPECT_TRUE(cancelled);
}

}  // namespace
}  // namespace cromwell::api
