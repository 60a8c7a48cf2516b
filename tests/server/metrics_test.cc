// The text of /metrics.
#include "server/metrics.h"

#include <gtest/gtest.h>

#include <string>

namespace cromwell::server {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, CountsRequestsByTheRouteThatTheyFound) {
  Metrics metrics("1.2.3");
  metrics.request_done({.method = "GET", .path = "/v1/edits/ed_1", .status = 200});
  metrics.request_done({.method = "HEAD", .path = "/v1/edits/ed_2", .status = 200});
  metrics.request_done({.method = "BREW", .path = "/a\"b\n", .status = 400});
  const std::string text = metrics.text({}, {}, 0);
  for (const char* line :
       {"cromwell_http_requests_total{method=\"GET\",route=\"/v1/edits/{id}\",status=\"200\"} 1",
        "cromwell_http_requests_total{method=\"HEAD\",route=\"/v1/edits/{id}\",status=\"200\"} 1",
        "cromwell_http_requests_total{method=\"other\",route=\"other\",status=\"400\"} 1",
        "cromwell_http_request_duration_seconds_count{route=\"/v1/edits/{id}\"} 2"}) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
  EXPECT_EQ(text.find("ed_1"), std::string::npos);
}

TEST(Metrics, ATimeIsCountedInEveryBucketThatHoldsIt) {
  api::MeterReading meters;
  meters.first_token.counts[1] = 2;      // at most 10 ms
  meters.first_token.counts.back() = 1;  // longer than all
  meters.first_token.sum_seconds = 60.5;
  const std::string text = Metrics("1").text(meters, {}, 0);
  for (const char* line : {"cromwell_time_to_first_token_seconds_bucket{le=\"0.005\"} 0",
                           "cromwell_time_to_first_token_seconds_bucket{le=\"0.01\"} 2",
                           "cromwell_time_to_first_token_seconds_bucket{le=\"20.48\"} 2",
                           "cromwell_time_to_first_token_seconds_bucket{le=\"+Inf\"} 3",
                           "cromwell_time_to_first_token_seconds_sum 60.5",
                           "cromwell_time_to_first_token_seconds_count 3"}) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, SaysWhatItIsTold) {
  api::MeterReading meters;
  meters.edits = {{"applied", 3}, {"no_valid_edit", 1}};
  const std::string text =
      Metrics("1.2.3").text(meters,
                            {.model = "a \"model\"",
                             .queued = 2,
                             .pages_used = 5,
                             .pages_shared = 3,
                             .generated_tokens = 7,
                             .model_draft_tokens = 8,
                             .model_accepted_tokens = 5,
                             .decode_seconds = 0.5,
                             .plain_decode_seconds = 1.25,
                             .evicted_pages = 9,
                             .endings = {{"cancelled", 6}},
                             .batch_tokens = {.bounds = {1, 2}, .counts = {4, 0, 1}, .sum = 12}},
                            4);
  for (const char* line :
       {"cromwell_generated_tokens_total 7", "cromwell_edits_total{outcome=\"applied\"} 3",
        "cromwell_edits_total{outcome=\"no_valid_edit\"} 1", "cromwell_generations_queued 2",
        "cromwell_draft_model_tokens_total 8", "cromwell_draft_model_accepted_tokens_total 5",
        "cromwell_decode_seconds_total 0.5", "cromwell_plain_decode_seconds_total 1.25",
        "cromwell_kv_pages_used 5", "cromwell_kv_pages_shared 3",
        "cromwell_kv_pages_evicted_total 9", "cromwell_generations_total{ending=\"cancelled\"} 6",
        "cromwell_batch_tokens_bucket{le=\"2\"} 4", "cromwell_batch_tokens_bucket{le=\"+Inf\"} 5",
        "cromwell_batch_tokens_sum 12", "cromwell_http_connections 4",
        "cromwell_build_info{version=\"1.2.3\"} 1",
        "cromwell_model_info{model=\"a \\\"model\\\"\"} 1"}) {
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace cromwell::server
