#include "api/cancellation.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace cromwell::api {
namespace {

TEST(Cancellation, CancelsOnceWhicheverComesFirst) {
  for (const bool gone_first : {false, true}) {
    Cancellation cancellation;
    int cancelled = 0;
    if (gone_first) cancellation.fire();
    cancellation.arm([&] { ++cancelled; });
    EXPECT_EQ(cancelled, gone_first ? 1 : 0);
    cancellation.fire();
    cancellation.fire();
    EXPECT_EQ(cancelled, 1);
    EXPECT_TRUE(cancellation.fired());
  }
}

TEST(Cancellation, DoesNothingToWorkThatHasEnded) {
  Cancellation cancellation;
  int cancelled = 0;
  cancellation.arm([&] { ++cancelled; });
  cancellation.disarm();
  cancellation.fire();
  EXPECT_EQ(cancelled, 0);
}

TEST(Cancellation, LetsGoOfTheHandleWhenTheWorkEnds) {
  const auto handle = std::make_shared<int>(0);
  Cancellation cancellation;
  cancellation.arm([handle] {});
  EXPECT_EQ(handle.use_count(), 2);
  cancellation.disarm();
  EXPECT_EQ(handle.use_count(), 1);
  cancellation.arm([handle] {});  // the work was at its end before its handle had been returned
  EXPECT_EQ(handle.use_count(), 1);
}

TEST(Cancellation, MayBeFiredAgainByWhatItCancels) {
  Cancellation cancellation;
  int cancelled = 0;
  cancellation.arm([&] {
    ++cancelled;
    cancellation.fire();
    cancellation.disarm();
  });
  cancellation.fire();
  EXPECT_EQ(cancelled, 1);
}

TEST(Cancellation, CancelsExactlyOnceUnderARaceOfBothSides) {
  for (int round = 0; round < 500; ++round) {
    Cancellation cancellation;
    std::atomic<int> cancelled = 0;
    std::thread client([&] { cancellation.fire(); });
    cancellation.arm([&] { ++cancelled; });
    client.join();
    EXPECT_EQ(cancelled, 1);
  }
}

}  // namespace
}  // namespace cromwell::api
