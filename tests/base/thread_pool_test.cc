#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace cromwell::base {
namespace {

TEST(ForkJoinPool, RunsTheBodyOnceOnEachWorker) {
  for (const int threads : {1, 2, 3, 8}) {
    ForkJoinPool pool(threads);
    ASSERT_EQ(pool.threads(), threads);
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(threads));
    for (int round = 0; round < 500; ++round) {
      pool.run([&](int worker) { ++calls[static_cast<std::size_t>(worker)]; });
      for (const auto& count : calls) ASSERT_EQ(count, round + 1);
    }
  }
}

TEST(ForkJoinPool, RunsEachShareOnceWhateverTheNumberOfWorkers) {
  for (const int threads : {1, 2, 3, 8}) {
    ForkJoinPool pool(threads);
    for (const int shares : {0, 1, 2, 7, 100}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(shares));
      for (int round = 0; round < 200; ++round) {
        pool.share(shares, [&](int share, int worker) {
          ASSERT_LT(worker, threads);
          ++calls[static_cast<std::size_t>(share)];
        });
        for (const auto& count : calls) ASSERT_EQ(count, round + 1);
      }
    }
  }
}

// A worker that leaves late must not take a share of the next region for one of its own.
TEST(ForkJoinPool, KeepsManyShortRegionsApart) {
  ForkJoinPool pool(4);
  for (int round = 0; round < 20000; ++round) {
    std::atomic<int> sum{0};
    const int shares = 1 + round % 5;
    pool.share(shares, [&sum, round](int, int) { sum += round; });
    ASSERT_EQ(sum, shares * round);
  }
}

TEST(ForkJoinPool, NoTwoSharesRunAtOnceOnOneWorker) {
  ForkJoinPool pool(3);
  std::vector<std::atomic<int>> busy(3);
  for (int round = 0; round < 500; ++round) {
    pool.share(20, [&](int, int worker) {
      ASSERT_EQ(++busy[static_cast<std::size_t>(worker)], 1);
      --busy[static_cast<std::size_t>(worker)];
    });
  }
}

TEST(ForkJoinPool, TheCallerIsWorkerZero) {
  ForkJoinPool pool(3);
  const auto caller = std::this_thread::get_id();
  std::vector<std::thread::id> ids(3);
  pool.run([&](int worker) { ids[static_cast<std::size_t>(worker)] = std::this_thread::get_id(); });
  EXPECT_EQ(ids[0], caller);
  EXPECT_NE(ids[1], caller);
  EXPECT_NE(ids[1], ids[2]);
}

// Plain (not atomic) data, so that the thread sanitizer sees a missing synchronisation.
TEST(ForkJoinPool, MakesTheWorkersWritesVisibleToTheCallerAndBack) {
  ForkJoinPool pool(4);
  std::vector<int> values(4);
  for (int round = 0; round < 1000; ++round) {
    pool.share(4, [&](int share, int) { values[static_cast<std::size_t>(share)] += 1; });
    for (int& value : values) {
      ASSERT_EQ(value, 2 * round + 1);
      ++value;
    }
  }
}

// A worker that has gone to sleep in the kernel must wake for the next region.
TEST(ForkJoinPool, WakesWorkersThatParked) {
  ForkJoinPool pool(4);
  for (int round = 0; round < 5; ++round) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    std::atomic<int> calls = 0;
    pool.run([&](int) { ++calls; });
    ASSERT_EQ(calls, 4);
  }
}

TEST(ForkJoinPool, WaitsForAWorkerThatIsLongerThanTheSpin) {
  ForkJoinPool pool(2);
  bool finished = false;
  pool.run([&](int worker) {
    if (worker == 0) return;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    finished = true;
  });
  EXPECT_TRUE(finished);
}

TEST(ForkJoinPool, CanBeMadeAndDroppedWithoutRunning) {
  for (int i = 0; i < 50; ++i) ForkJoinPool pool(3);
}

TEST(UsableCores, IsAtLeastOne) { EXPECT_GE(usable_cores(), 1); }

}  // namespace
}  // namespace cromwell::base
