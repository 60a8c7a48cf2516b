// What is written: response heads, refusals, log lines; and what a target is taken apart into.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "server/refusal.h"
#include "server/request_log.h"
#include "server/request_target.h"
#include "server/response_head.h"

namespace cromwell::server {
namespace {

TEST(ResponseHead, HasStatusTypeAndLength) {
  const std::string head =
      response_head({.status = 404, .body = "abc"}, BodyFraming::kLength, {.request_id = "r1"});
  EXPECT_TRUE(head.starts_with("HTTP/1.1 404 Not Found\r\nDate: ")) << head;
  EXPECT_NE(head.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nContent-Length: 3\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\nX-Request-Id: r1\r\n"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(ResponseHead, LeavesOutAFieldThatWouldSplitIt) {
  for (const char* value : {"a\r\nSet-Cookie: b", "a\nb", "a\rb", "\x01"}) {
    const std::string head = response_head({.headers = {{"X", value}}}, BodyFraming::kLength, {});
    EXPECT_EQ(head.find("X: "), std::string::npos) << head;
  }
  const std::string head =
      response_head({.headers = {{"X: y\r\nZ", "a"}}}, BodyFraming::kLength, {});
  EXPECT_EQ(head.find("Z: "), std::string::npos) << head;
}

TEST(ResponseHead, OfNoContentHasNoLength) {
  const std::string head = response_head({.status = 204}, BodyFraming::kLength, {});
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
}

TEST(RefusalResponse, IsTheWiresErrorObject) {
  const auto response = to_response({.status = 415, .code = "c", .message = "say \"x\""});
  EXPECT_EQ(response.body,
            "{\"error\":{\"code\":\"c\",\"type\":\"invalid_request_error\","
            "\"message\":\"say \\\"x\\\"\",\"param\":null}}\n");
}

TEST(RequestLog, ShowsNoControlCharacterOfTheClient) {
  const std::string line = format({.request_id = "r1",
                                   .client_id = "a b\x1B[2J;\"'",
                                   .method = "GET",
                                   .path = "/a\nreq=fake " + std::string(500, 'x'),
                                   .status = 200,
                                   .body_bytes = 12,
                                   .duration = std::chrono::microseconds(1500)});
  EXPECT_TRUE(line.starts_with("req=r1 GET /a?req=fake?xxx")) << line;
  EXPECT_NE(line.find("... 200 12B 1.5ms client=a?b??2J???"), std::string::npos) << line;
}

TEST(RequestLog, IdsAreRandom) {
  EXPECT_EQ(new_request_id().size(), 16U);
  EXPECT_NE(new_request_id(), new_request_id());
}

TEST(RequestTarget, IsDecodedOnce) {
  const auto target = parse_target("/a%2Fb%2520c/%C3%A9?q=%41");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a/b%20c/\xC3\xA9");
  EXPECT_EQ(target->query, "q=%41");
  for (const char* bad : {"/%", "/%4", "/%4g", "/%00", "/%0a", "/%7f", "/%c3", "/%ed%a0%80"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

}  // namespace
}  // namespace cromwell::server
