// Server-sent events, in whatever pieces they come.
#include "clients/cli/sse_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cromwell::cli {
namespace {

// "NAME=DATA" of each event, the stream pushed in pieces of `piece` bytes.
std::vector<std::string> parse(const std::string& stream, std::size_t piece = 1000) {
  std::vector<std::string> events;
  SseParser parser([&](const SseEvent& event) { events.push_back(event.name + "=" + event.data); });
  for (std::size_t at = 0; at < stream.size(); at += piece) parser.push(stream.substr(at, piece));
  return events;
}

using Events = std::vector<std::string>;

TEST(SseParser, ReadsEventsHoweverTheyAreCut) {
  const std::string stream =
      "event: start\ndata: {\"id\": 1}\n\n: still here\n\nevent: token\r\ndata: "
      "{}\r\n\r\ndata:x\n\n";
  const Events expected = {"start={\"id\": 1}", "token={}", "message=x"};
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    EXPECT_EQ(parse(stream, piece), expected) << "pieces of " << piece;
  }
}

TEST(SseParser, JoinsDataLines) {
  EXPECT_EQ(parse("data: a\ndata: b\n\n"), Events{"message=a\nb"});
}

TEST(SseParser, KeepsAllButTheFirstSpace) {
  EXPECT_EQ(parse("data:  a \n\n"), Events{"message= a "});
}

TEST(SseParser, LeavesOutWhatHasNoDataOrNoEnd) {
  EXPECT_EQ(parse("event: a\n\nid: 3\nretry: 5\n\ndata: cut"), Events{});
}

}  // namespace
}  // namespace cromwell::cli
