#include "base/call_switch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace cromwell::base {
namespace {

TEST(CallSwitch, EndsTheWorkOnceWhicheverComesFirst) {
  for (const bool cancelled_first : {false, true}) {
    CallSwitch call_switch;
    int ended = 0;
    if (cancelled_first) call_switch.cancel();
    call_switch.watch([&] { ++ended; });
    EXPECT_EQ(ended, cancelled_first ? 1 : 0);
    call_switch.cancel();
    call_switch.cancel();
    EXPECT_EQ(ended, 1);
    EXPECT_TRUE(call_switch.cancelled());
  }
}

TEST(CallSwitch, DoesNothingToWorkThatHasEnded) {
  CallSwitch call_switch;
  int ended = 0;
  call_switch.watch([&] { ++ended; });
  call_switch.watch({});
  call_switch.cancel();
  EXPECT_EQ(ended, 0);
}

TEST(CallSwitch, LetsGoOfWhatEndsTheWorkBefore) {
  const auto handle = std::make_shared<int>(0);
  CallSwitch call_switch;
  call_switch.watch([handle] {});
  EXPECT_EQ(handle.use_count(), 2);
  call_switch.watch([] {});
  EXPECT_EQ(handle.use_count(), 1);
}

TEST(CallSwitch, EndsTheWorkExactlyOnceUnderARaceOfBothSides) {
  for (int round = 0; round < 500; ++round) {
    CallSwitch call_switch;
    std::atomic<int> ended = 0;
    std::thread client([&] { call_switch.cancel(); });
    call_switch.watch([&] { ++ended; });
    client.join();
    EXPECT_EQ(ended, 1);
  }
}

}  // namespace
}  // namespace cromwell::base
