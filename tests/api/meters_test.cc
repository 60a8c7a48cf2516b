// What is counted of the answers that pass through.
#include "api/meters.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>

namespace cromwell::api {
namespace {

std::uint64_t count_of(const TimeMeter::Reading& reading) {
  return std::accumulate(reading.counts.begin(), reading.counts.end(), std::uint64_t{0});
}

TEST(TimeMeter, CountsATimeUpToItsBound) {
  TimeMeter meter;
  for (const double seconds : {0.0, 0.005, 0.0051, 20.48, 21.0}) meter.add(seconds);
  const auto reading = meter.read();
  EXPECT_EQ(reading.counts[0], 2U);
  EXPECT_EQ(reading.counts[1], 1U);
  EXPECT_EQ(reading.counts[TimeMeter::kBoundsSeconds.size() - 1], 1U);
  EXPECT_EQ(reading.counts.back(), 1U);
  EXPECT_DOUBLE_EQ(reading.sum_seconds, 41.4901);
}

TEST(Meters, TimeTheTokensOfAGenerationAndPassItsEventsOn) {
  const auto meters = std::make_shared<Meters>();
  int events = 0;
  const auto sink = meters->metered(engine::EventSink([&](engine::Event&&) { ++events; }));
  sink(engine::Started{});
  for (int i = 0; i < 3; ++i) sink(engine::Token{});
  sink(engine::Finished{});
  EXPECT_EQ(events, 5);
  const MeterReading reading = meters->read();
  EXPECT_EQ(count_of(reading.first_token), 1U);
  EXPECT_EQ(count_of(reading.token_gap), 2U);
}

TEST(Meters, AnEditIsCountedByHowItEnded) {
  const auto meters = std::make_shared<Meters>();
  const auto run = [&](std::initializer_list<edit::EditEvent> events) {
    const auto sink = meters->metered(edit::EditSink([](edit::EditEvent&&) {}));
    for (edit::EditEvent event : events) sink(std::move(event));
  };
  run({edit::EditStarted{}, edit::EditDone{.finish_reason = "stop"}});
  run({edit::EditApplied{}, edit::EditDone{.finish_reason = "stop"}});
  run({edit::EditDone{.finish_reason = "no_change"}});
  run({edit::EditFailed{.error = {.code = base::ErrorCode::kNotFound}}});
  run({edit::EditFailed{.error = {.code = base::ErrorCode::kNotFound}}});
  const std::map<std::string, std::uint64_t> expected = {
      {"applied", 1}, {"no_change", 1}, {"not_found", 2}, {"proposed", 1}};
  EXPECT_EQ(meters->read().edits, expected);
}

}  // namespace
}  // namespace cromwell::api
