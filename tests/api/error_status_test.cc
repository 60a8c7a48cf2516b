#include "api/error_status.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "api/json_reader.h"

namespace cromwell::api {
namespace {

using base::ErrorCode;

TEST(ErrorStatus, GivesEachErrorItsStatus) {
  const std::map<ErrorCode, int> expected = {
      {ErrorCode::kInvalidJson, 400},
      {ErrorCode::kInvalidRequest, 400},
      {ErrorCode::kUnauthorized, 401},
      {ErrorCode::kForbidden, 403},
      {ErrorCode::kPathOutsideRoot, 403},
      {ErrorCode::kNotFound, 404},
      {ErrorCode::kMethodNotAllowed, 405},
      {ErrorCode::kFileChanged, 409},
      {ErrorCode::kConflict, 409},
      {ErrorCode::kPayloadTooLarge, 413},
      {ErrorCode::kContextExceeded, 413},
      {ErrorCode::kUnsupportedMedia, 415},
      {ErrorCode::kUnsupportedFile, 422},
      {ErrorCode::kUnencodableText, 422},
      {ErrorCode::kNoValidEdit, 422},
      {ErrorCode::kQueueFull, 429},
      {ErrorCode::kUnavailable, 503},
      {ErrorCode::kCancelled, 503},
      {ErrorCode::kTimeout, 504},
      {ErrorCode::kBadModel, 500},
      {ErrorCode::kIo, 500},
      {ErrorCode::kInternal, 500},
  };
  EXPECT_EQ(expected.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
  std::set<std::string_view> codes;
  for (const auto& [code, status] : expected) {
    EXPECT_EQ(error_response({code, "x"}).status, status) << error_status(code).code;
    codes.insert(error_status(code).code);
  }
  EXPECT_EQ(codes.size(), expected.size()) << "each error has a wire code of its own";
}

TEST(ErrorStatus, CallsAPromptThatIsTooLongABadRequestOnOpenAiRoutes) {
  EXPECT_EQ(error_response({ErrorCode::kContextExceeded, "x"}, Dialect::kOpenAi).status, 400);
}

TEST(ErrorStatus, WritesTheBodyThatClientsKnow) {
  const HttpResponse response = error_response({ErrorCode::kInvalidRequest, "n: bad", "n"});
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body, R"({"error":{"code":"invalid_request","type":"invalid_request_error",)"
                           R"("message":"n: bad","param":"n"}})");
}

TEST(ErrorStatus, SaysWhenToComeBack) {
  const auto retry_after = [](ErrorCode code) -> std::string {
    for (const auto& [name, value] : error_response({code, "x"}).headers) {
      if (name == "Retry-After") return value;
    }
    return {};
  };
  EXPECT_EQ(retry_after(ErrorCode::kQueueFull), "1");
  EXPECT_EQ(retry_after(ErrorCode::kUnavailable), "5");
  EXPECT_EQ(retry_after(ErrorCode::kInvalidJson), "");
}

TEST(ErrorStatus, WritesValidUtf8WhateverTheMessageHolds) {
  const HttpResponse response = error_response({ErrorCode::kIo, "open \xff\xc3: \"no\"\n", "\xed"});
  const auto body = parse_json(response.body);
  ASSERT_TRUE(body);
  EXPECT_EQ((*body)["error"]["message"], "open \uFFFD\uFFFD: \"no\"\n");
}

}  // namespace
}  // namespace cromwell::api
