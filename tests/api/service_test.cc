#include "api/service.h"

#include "api/json_writer.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

TEST_F(ServiceTest, DescribesItsHealthModelAndSessions) {
  start();
  EXPECT_EQ(get_ok("/healthz")["status"], "ok");
  const JsonIn ready = get_ok("/readyz");
  EXPECT_EQ(ready["status"], "ready");
  EXPECT_EQ(ready["model"], "scripted");
  EXPECT_EQ(ready["context"], kContext);
  EXPECT_EQ(ready["running"], 0);
  EXPECT_EQ(ready["queued"], 0);
  EXPECT_NE(ready["warning"].get<std::string>().find("--token-file"), std::string::npos);
  EXPECT_EQ(get_ok("/health")["status"], "ok");
  const JsonIn models = get_ok("/v1/models");
  EXPECT_EQ(models["data"][0]["id"], "scripted");
  EXPECT_EQ(models["data"][0]["max_model_len"], kContext);
  EXPECT_EQ(get_ok("/v1/models/scripted"), models["data"][0]);
  EXPECT_EQ(expect_error(get("/v1/models/another"), 404, "not_found")["param"], "model");
  EXPECT_TRUE(get_ok("/v1/sessions")["sessions"].empty());
  EXPECT_EQ(get_ok("/")["endpoints"].size(), routes().size());
}

TEST_F(ServiceTest, AnswersUnknownPathsAndMethods) {
  start();
  for (const char* path :
       {"", "/x", "/v1", "/v1/", "/v1/edit/", "/v1/edits/", "/v1/edits/a/b", "/v1/edits//apply",
        "/v1/edits/a/apply/", "//v1/edit", "/\xff", "/v1/sessions/"}) {
    expect_error(get(path), 404, "not_found");
  }
  const auto allow = [&](const std::string& method, const std::string& path) {
    const HttpResponse response = send({.method = method, .path = path})->wait();
    expect_error(response, 405, "method_not_allowed");
    return header_of(response, "Allow");
  };
  EXPECT_EQ(allow("GET", "/v1/edit"), "POST");
  EXPECT_EQ(allow("POST", "/v1/edits"), "GET, HEAD");
  EXPECT_EQ(allow("GET", "/v1/edits/ed_1/apply"), "POST");
  EXPECT_EQ(allow("PUT", "/v1/sessions/x"), "DELETE");
  EXPECT_EQ(allow("PUT", "/v1/sessions/x/pin"), "POST");
  EXPECT_EQ(allow("get", "/healthz"), "GET, HEAD");
}

TEST_F(ServiceTest, TakesNothingOrAnObjectWhereARequestHasNoFields) {
  start();
  int paths = 0;
  for (const Route& route : routes()) {
    if (route.request != "NoFields") continue;
    std::string path(route.path);
    path.replace(path.find('{'), path.find('}') + 1 - path.find('{'), "x");
    SCOPED_TRACE(path);
    expect_error(post(path, ""), 404, "not_found");
    expect_error(post(path, R"({"unknown": 1})"), 404, "not_found");
    expect_error(post(path, "[]"), 400, "invalid_request");
    expect_error(post(path, "{"), 400, "invalid_json");
    ++paths;
  }
  EXPECT_EQ(paths, 6);
}

TEST_F(ServiceTest, RefusesNewWorkWhileItDrains) {
  start();
  service_->set_draining();
  for (const Route& route : routes()) {
    if (route.method != "POST") continue;
    const HttpResponse response = post(std::string(route.path), "{}");
    EXPECT_EQ(response.status, 503) << route.path;
    EXPECT_EQ(header_of(response, "Retry-After"), "5");
  }
  const HttpResponse ready = get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(parse_or_null(ready.body)["status"], "draining");
  EXPECT_EQ(parse_or_null(ready.body)["error"]["code"], "unavailable");
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/v1/edits").status, 200);
}

TEST_F(ServiceTest, MovesBetweenTextAndTokens) {
  start();
  const JsonIn tokens = post_ok("/tokenize", R"({"content": "the <|im_end|>\u00e9"})");
  EXPECT_EQ(tokens["tokens"],
            tokenizer_->encode("the <|im_end|>\u00e9", {.parse_special = true}).ids);
  EXPECT_EQ(post_ok("/tokenize", R"({"content": "<|im_end|>", "parse_special": false})")["tokens"],
            ids("<|im_end|>"));
  EXPECT_EQ(post_ok("/detokenize", tokens.dump())["content"], "the <|im_end|>\u00e9");
  EXPECT_EQ(post_ok("/detokenize", R"({"tokens": []})")["content"], "");
  EXPECT_EQ(post_ok("/detokenize", R"({"tokens": [195]})")["content"], "\uFFFD");
  expect_error(post("/detokenize", R"({"tokens": [999999]})"), 400, "invalid_request");
  expect_error(post("/detokenize", R"({"tokens": [-1]})"), 400, "invalid_request");
  expect_error(post("/detokenize", R"({"tokens": "a"})"), 400, "invalid_request");
  expect_error(post("/tokenize", R"({"content": 5})"), 400, "invalid_request");
  expect_error(post("/tokenize", R"({})"), 400, "invalid_request");
}

TEST(Http, FindsAHeaderWhateverItsCase) {
  const HttpRequest request{
      .headers = {{"ACCEPT", "a"}, {"Accept-Encoding", "b"}, {"accept", "c"}}};
  EXPECT_EQ(request.header("Accept"), "a");
  EXPECT_EQ(request.header("accept-encoding"), "b");
  EXPECT_EQ(request.header("Host"), "");
}

TEST(JsonWriter, EncodesBase64AsTheStandardsExamplesSay) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

}  // namespace
}  // namespace cromwell::api
