// Which bytes are messages, and which are refused.
#include "clients/lsp/frame_reader.h"

#include <gtest/gtest.h>

namespace cromwell::lsp {
namespace {

std::optional<std::string> only_message(std::string_view bytes) {
  FrameReader reader;
  reader.push(bytes);
  const auto content = reader.next();
  return content ? *content : std::nullopt;
}

TEST(FrameReader, ReadsMessagesHoweverTheBytesAreCut) {
  const std::string bytes = frame("{}") + frame("") + frame("{\"a\": \"\r\n\r\n\"}");
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    FrameReader reader;
    std::vector<std::string> seen;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      reader.push(std::string_view(bytes).substr(at, size));
      for (auto content = reader.next(); content && *content; content = reader.next()) {
        seen.push_back(**content);
      }
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"{}", "", "{\"a\": \"\r\n\r\n\"}"})) << size;
  }
}

TEST(FrameReader, TakesTheOtherHeaderFieldAndUnknownOnes) {
  EXPECT_EQ(only_message("content-length:2\r\n\r\n{}"), "{}");
  EXPECT_EQ(only_message("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"
                         "Content-Length: \t2 \r\nX-Other: y\r\n\r\n{}"),
            "{}");
}

TEST(FrameReader, RefusesWhatIsNoHeader) {
  for (const char* bytes :
       {"\r\n\r\n{}", "Content-Length: 2\n\n{}\r\n\r\n", "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}", "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 2 2\r\n\r\n{}", "Content-Length: 2,2\r\n\r\n{}",
        "Content-Length: \r\n\r\n{}", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length : 2\r\n\r\n{}", " Content-Length: 2\r\n\r\n{}",
        "Content-Length: 2\r\n folded\r\n\r\n{}", "Content-Length: 2\r\nnonsense\r\n\r\n{}",
        "X: y\r\n\r\n{}", "Content-Length: 2\r\nContent-Type: x; charset=utf-16\r\n\r\n{}",
        "Content-Length: 2\r\nX: \x01\r\n\r\n{}",
        "Content-Length: 99999999999999999999999\r\n\r\n{}"}) {
    FrameReader reader;
    reader.push(bytes);
    EXPECT_FALSE(reader.next()) << bytes;
  }
}

TEST(FrameReader, HasLimits) {
  const FrameLimits limits{.max_header_bytes = 40, .max_content_bytes = 10};
  FrameReader exact(limits);
  exact.push("Content-Length: 10\r\n\r\n0123456789");
  EXPECT_EQ(**exact.next(), "0123456789");
  FrameReader large(limits);
  large.push("Content-Length: 11\r\n\r\n");
  EXPECT_EQ(large.next().error().code, base::ErrorCode::kPayloadTooLarge);
  FrameReader endless(limits);
  endless.push(std::string(41, 'a'));
  EXPECT_FALSE(endless.next());
}

}  // namespace
}  // namespace cromwell::lsp
