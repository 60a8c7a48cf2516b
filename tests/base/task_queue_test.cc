// The task queue: everything posted runs, in order on one thread, and nothing outlives it.
#include "base/task_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace cromwell::base {
namespace {

TEST(TaskQueue, RunsTasksInOrderOnOneThread) {
  std::vector<int> order;
  {
    TaskQueue queue(1);
    for (int i = 0; i < 100; ++i) queue.post([&order, i] { order.push_back(i); });
  }
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(TaskQueue, TheDestructorRunsWhatTasksPost) {
  std::atomic<int> ran{0};
  {
    TaskQueue queue(3);
    for (int i = 0; i < 50; ++i) {
      queue.post([&] {
        ++ran;
        queue.post([&ran] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 100);
}

TEST(TaskQueue, ATaskThatThrowsHasEndedAndTheNextOneRuns) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  bool ended_first = false;
  {
    TaskQueue queue(1);
    queue.post([held = std::move(held)] { throw std::runtime_error("a defect"); });
    queue.post([&] { ended_first = watched.expired(); });
  }
  EXPECT_TRUE(ended_first);
}

TEST(TaskQueue, TwoThreadsRunTwoTasksAtOnce) {
  std::promise<void> first, second;
  TaskQueue queue(2);
  queue.post([&] {
    first.set_value();
    second.get_future().wait();
  });
  queue.post([&] {
    first.get_future().wait();
    second.set_value();
  });
}

// The thread sanitizer looks at this one: post() may still be running when the task that it posted
// has let the owner destroy the queue.
TEST(TaskQueue, MayBeDestroyedOnceItsTaskHasRun) {
  for (int i = 0; i < 200; ++i) {
    auto queue = std::make_unique<TaskQueue>(1);
    std::atomic<bool> ran{false};
    std::thread poster([raw = queue.get(), &ran] {
      raw->post([&ran] {
        ran = true;
        ran.notify_one();
      });
    });
    ran.wait(false);
    queue.reset();
    poster.join();
  }
}

}  // namespace
}  // namespace cromwell::base
