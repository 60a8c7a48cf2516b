// Requests whose framing two readers may understand differently, on a real socket: each gets one
// answer, and what follows it on the connection is never read as a request.
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/framing_guard.h"
#include "server/request_parser.h"
#include "tests/server/framing_cases.h"
#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

using namespace std::string_view_literals;

class Framing : public ServerTest {};

TEST_F(Framing, AnswersEachRequestOnceAndNeverReadsABodyAsARequest) {
  start();
  const std::string follower =
      "GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_GE(framing_cases().size(), 300U);
  for (const FramingCase& a_case : framing_cases()) {
    SCOPED_TRACE(a_case.name);
    const std::size_t handled = toy_->seen().size();
    const auto responses = exchange(port(), a_case.request + follower);
    if (a_case.closes) {
      EXPECT_EQ(only_status(responses), 200);
      EXPECT_EQ(toy_->seen().size(), handled + 1);
      continue;
    }
    if (a_case.status == 200) {
      ASSERT_EQ(responses.size(), 2U);
      EXPECT_EQ(responses[0].status, 200);
      EXPECT_EQ(responses[1].status, 200);
      EXPECT_EQ(responses[1].body, "/smuggled");
      continue;
    }
    EXPECT_EQ(only_status(responses), a_case.status);
    EXPECT_EQ(toy_->seen().size(), handled);
    if (!responses.empty()) {
      EXPECT_NE(responses.front().head.find("Connection: close\r\n"), std::string::npos);
    }
  }
}

// Framed soundly, and refused for who asks or what it holds.
bool is_for_the_request_guard(const FramingCase& a_case) {
  return a_case.status == 403 || a_case.status == 415;
}

// The same table through the parser alone, in pieces of every small size.
TEST(RequestParserFraming, DoesNotDependOnHowTheBytesArrive) {
  const Limits limits;
  for (const FramingCase& a_case : framing_cases()) {
    if (a_case.request.size() > 4000) continue;
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U}) {
      SCOPED_TRACE(a_case.name + " in pieces of " + std::to_string(piece));
      RequestParser parser(limits);
      std::string input;
      auto state = RequestParser::State::kHeader;
      for (std::size_t at = 0; at < a_case.request.size(); at += piece) {
        input += a_case.request.substr(at, piece);
        state = parser.parse(input);
        if (state == RequestParser::State::kBody) state = parser.parse(input);
      }
      if (a_case.status == 200 || is_for_the_request_guard(a_case)) {
        EXPECT_EQ(state, RequestParser::State::kDone);
        EXPECT_EQ(input, "");
      } else {
        ASSERT_EQ(state, RequestParser::State::kRefused);
        EXPECT_EQ(parser.refusal().status, a_case.status);
      }
    }
  }
}

// What a mutated request becomes is not known, but it is one of the parser's states, whatever the
// pieces it comes in, and in a build with assertions none of Beast's fires.
TEST(RequestParserFraming, SurvivesMutatedRequests) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  constexpr std::string_view kTelling = "\r\n \t:;,0123456789abcdef\"=\0\x7F\xFF/%"sv;
  Limits limits;
  limits.body_bytes = 1000;
  for (int round = 0; round < 20'000; ++round) {
    std::string request = framing_cases()[below(framing_cases().size())].request.substr(0, 600);
    for (std::size_t edits = below(4); edits > 0 && !request.empty(); --edits) {
      const std::size_t at = below(request.size());
      switch (below(3)) {
        case 0:
          request.erase(at, 1 + below(8));
          break;
        case 1:
          request[at] = kTelling[below(kTelling.size())];
          break;
        default:
          request.insert(at, request.substr(below(request.size()), 1 + below(20)));
      }
    }
    RequestParser parser(limits);
    std::string input;
    auto state = RequestParser::State::kHeader;
    for (std::size_t at = 0; at < request.size();) {
      const std::size_t piece = 1 + below(below(2) == 0 ? 3 : 100);
      input += request.substr(at, piece);
      at += piece;
      state = parser.parse(input);
      if (state == RequestParser::State::kBody) state = parser.parse(input);
    }
    if (state == RequestParser::State::kRefused) {
      ASSERT_GE(parser.refusal().status, 400) << request;
    } else if (state == RequestParser::State::kDone) {
      ASSERT_LE(parser.request().body.size(), limits.body_bytes) << request;
      ASSERT_TRUE(parser.request().path.starts_with("/") || parser.request().path == "*");
    }
  }
}

TEST(HeaderEnd, IsTheByteAfterTheFirstEmptyLine) {
  EXPECT_EQ(header_end(""), 0U);
  EXPECT_EQ(header_end("a\r\n"), 0U);
  EXPECT_EQ(header_end("a\r\n\r"), 0U);
  EXPECT_EQ(header_end("a\r\n\r\nb"), 5U);
  EXPECT_EQ(header_end("a\n\nb"), 3U);
  EXPECT_EQ(header_end("a\r\n\r\n", 4), 5U);
}

}  // namespace
}  // namespace cromwell::server
