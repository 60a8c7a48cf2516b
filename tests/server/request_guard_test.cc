// Who may ask: Host, Origin, Sec-Fetch-Site, Content-Type and token.
#include "server/request_guard.h"

#include <string>
#include <vector>

#include "tests/server/test_server.h"

namespace cromwell::server {
namespace {

TEST(AllowedHost, IsALoopbackNameOrAddressOrAListedOne) {
  const std::vector<std::string> listed = {"Dev.Example", "10.0.0.5", "fd00::5"};
  for (const char* host :
       {"localhost", "LocalHost:8411", "127.0.0.1", "127.0.0.1:1", "127.255.0.3:65535", "[::1]",
        "[::1]:8411", "[0:0:0:0:0:0:0:1]:80", "dev.example", "DEV.example:8411", "10.0.0.5:8411",
        "[fd00::5]:8411", "localhost:"}) {
    EXPECT_TRUE(is_allowed_host(host, listed)) << host;
  }
  for (const char* host : {"",
                           "evil.example",
                           "localhost.evil.example",
                           "localhost.",
                           "127.0.0.1.evil.example",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "0177.0.0.1",
                           "0.0.0.0",
                           "126.0.0.1",
                           "128.0.0.1",
                           "::1",
                           "[::1",
                           "[::2]",
                           "[::ffff:127.0.0.1]",
                           "[::1]x",
                           "[::1]:x",
                           "localhost:x",
                           "localhost:123456",
                           "localhost:80:80",
                           "10.0.0.6",
                           "x.dev.example",
                           "dev.example.x",
                           ":80",
                           "[]",
                           "[localhost]"}) {
    EXPECT_FALSE(is_allowed_host(host, listed)) << host;
  }
}

struct GuardCase {
  const char* name;
  std::string method;
  api::HeaderList headers;
  int status;  // 0: admitted
};

TEST(RequestGuard, AdmitsOrRefusesByTheHeaderAlone) {
  const AccessPolicy policy{.allowed_origins = {"https://editor.example"}};
  const std::string json = "application/json";
  const std::vector<GuardCase> cases = {
      {"get", "GET", {}, 0},
      {"post", "POST", {{"Content-Type", json}}, 0},
      {"post with charset", "POST", {{"content-type", "Application/JSON; charset=UTF-8"}}, 0},
      {"post with quoted charset", "POST", {{"Content-Type", json + ";charset=\"utf-8\""}}, 0},
      {"post in latin-1", "POST", {{"Content-Type", json + "; charset=latin1"}}, 415},
      {"post without type", "POST", {}, 415},
      {"post of a form", "POST", {{"Content-Type", "application/x-www-form-urlencoded"}}, 415},
      {"post of text", "POST", {{"Content-Type", "text/plain"}}, 415},
      {"post of json in text", "POST", {{"Content-Type", "text/plain; application/json"}}, 415},
      {"post of json-like", "POST", {{"Content-Type", "application/jsonx"}}, 415},
      {"post of gzip", "POST", {{"Content-Type", json}, {"Content-Encoding", "gzip"}}, 415},
      {"put, which is refused by routing", "PUT", {}, 0},
      {"delete", "DELETE", {}, 0},
      {"foreign origin", "GET", {{"Origin", "https://evil.example"}}, 403},
      {"null origin", "GET", {{"Origin", "null"}}, 403},
      {"empty origin", "GET", {{"Origin", ""}}, 403},
      {"origin that begins as ours", "GET", {{"Origin", "http://localhost:8411.evil"}}, 403},
      {"origin of another port", "GET", {{"Origin", "http://localhost:3000"}}, 403},
      {"origin of another scheme", "GET", {{"Origin", "https://localhost:8411"}}, 403},
      {"our own origin",
       "POST",
       {{"Origin", "http://localhost:8411"},
        {"Sec-Fetch-Site", "same-origin"},
        {"Content-Type", json}},
       0},
      {"listed origin",
       "GET",
       {{"Origin", "https://editor.example"}, {"Sec-Fetch-Site", "cross-site"}},
       0},
      {"listed origin with a port", "GET", {{"Origin", "https://editor.example:1"}}, 403},
      {"cross-site", "GET", {{"Sec-Fetch-Site", "cross-site"}}, 403},
      {"same-site", "GET", {{"sec-fetch-site", "same-site"}}, 403},
      {"unknown site", "GET", {{"Sec-Fetch-Site", "x"}}, 403},
      {"typed by the user", "GET", {{"Sec-Fetch-Site", "none"}}, 0},
      {"our origin across sites",
       "GET",
       {{"Origin", "http://localhost:8411"}, {"Sec-Fetch-Site", "cross-site"}},
       403},
  };
  for (const GuardCase& a_case : cases) {
    SCOPED_TRACE(a_case.name);
    api::HttpRequest request{.method = a_case.method, .path = "/v1/edit"};
    request.headers = a_case.headers;
    request.headers.emplace_back("Host", "localhost:8411");
    const Admission admission = admit(request, policy);
    EXPECT_EQ(admission.refusal ? admission.refusal->status : 0, a_case.status);
  }
}

// Every combination, and the three rules that decide it.
TEST(RequestGuard, DecidesByHostThenOriginThenContentTypeWhateverTheRest) {
  const AccessPolicy policy{.allowed_hosts = {"dev.example"},
                            .allowed_origins = {"https://editor.example"}};
  struct Choice {
    const char* text;  // null: the field is missing
    bool good;
  };
  const std::vector<Choice> hosts = {
      {"localhost:8411", true},  {"LOCALHOST", true},   {"127.0.0.1:8411", true},
      {"[::1]:8411", true},      {"dev.example", true}, {"evil.example", false},
      {"localhost.evil", false}, {"10.0.0.1", false},   {"", false},
      {nullptr, false}};
  const std::vector<Choice> origins = {{nullptr, true},
                                       {"https://editor.example", true},
                                       {"own", true},
                                       {"null", false},
                                       {"https://evil.example", false},
                                       {"http://localhost:3000", false},
                                       {"https://localhost:8411", false}};
  const std::vector<Choice> types = {{"application/json", true},
                                     {"application/json; charset=utf-8", true},
                                     {nullptr, false},
                                     {"text/plain", false},
                                     {"application/x-www-form-urlencoded", false},
                                     {"multipart/form-data; boundary=a", false}};
  const std::vector<Choice> methods = {{"GET", false},     {"HEAD", false}, {"DELETE", false},
                                       {"OPTIONS", false}, {"POST", true},  {"PUT", false},
                                       {"PATCH", false}};  // good: the path takes it, with content
  int combinations = 0;
  for (const Choice& host : hosts) {
    for (const Choice& origin : origins) {
      for (const Choice& type : types) {
        for (const Choice& method : methods) {
          api::HttpRequest request{.method = method.text, .path = "/v1/edit"};
          if (host.text != nullptr) request.headers.emplace_back("Host", host.text);
          if (origin.text != nullptr) {
            const std::string own = std::string("http://") + (host.text ? host.text : "");
            request.headers.emplace_back("Origin",
                                         origin.text == std::string("own") ? own : origin.text);
          }
          if (type.text != nullptr) request.headers.emplace_back("Content-Type", type.text);
          const int expected = !host.good || !origin.good  ? 403
                               : method.good && !type.good ? 415
                                                           : 0;
          const Admission admission = admit(request, policy);
          ASSERT_EQ(admission.refusal ? admission.refusal->status : 0, expected)
              << method.text << ", host " << (host.text ? host.text : "-") << ", origin "
              << (origin.text ? origin.text : "-") << ", type " << (type.text ? type.text : "-");
          ++combinations;
        }
      }
    }
  }
  EXPECT_EQ(combinations, 10 * 7 * 6 * 7);
}

TEST(RequestGuard, AsksForTheTokenEverywhereButHealthz) {
  const AccessPolicy policy{.token = "0123456789abcdef"};
  const auto status = [&](const std::string& path, const std::string& authorization) {
    api::HttpRequest request{.method = "GET", .path = path, .headers = {{"Host", "localhost"}}};
    if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
    const Admission admission = admit(request, policy);
    return admission.refusal ? admission.refusal->status : 0;
  };
  EXPECT_EQ(status("/v1/models", "Bearer 0123456789abcdef"), 0);
  EXPECT_EQ(status("/v1/models", "bearer 0123456789abcdef"), 0);
  EXPECT_EQ(status("/healthz", ""), 0);
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer 0123456789abcdeX", "Bearer 0123456789abcde",
        "Bearer 0123456789abcdef0", "Bearer 0123456789abcdef0123456789abcdef",
        "Basic 0123456789abcdef", "0123456789abcdef", "Bearer0123456789abcdef"}) {
    EXPECT_EQ(status("/v1/models", wrong), 401) << wrong;
    EXPECT_EQ(status("/healthz/x", wrong), 401) << wrong;
  }
}

TEST(RequestGuard, AsksABrowserForNoTokenWhereItCannotBearOne) {
  const AccessPolicy policy{.token = "0123456789abcdef"};
  const auto status = [&](const std::string& path, const std::string& accept) {
    const Admission admission = admit(
        {.method = "GET", .path = path, .headers = {{"Host", "localhost"}, {"Accept", accept}}},
        policy);
    return admission.refusal ? admission.refusal->status : 0;
  };
  EXPECT_EQ(status("/", "text/html"), 0);
  EXPECT_EQ(status("/page/app.js", "*/*"), 0);
  EXPECT_EQ(status("/", "application/json"), 401);
  EXPECT_EQ(status("/v1/edits", "text/html"), 401);
}

TEST(RequestGuard, AnswersThePreflightOfAListedOriginOnly) {
  const AccessPolicy policy{.allowed_origins = {"https://editor.example"},
                            .token = "0123456789abcdef"};
  api::HttpRequest request{.method = "OPTIONS",
                           .path = "/v1/edit",
                           .headers = {{"Host", "localhost"},
                                       {"Origin", "https://editor.example"},
                                       {"Access-Control-Request-Method", "POST"}}};
  const Admission listed = admit(request, policy);
  ASSERT_TRUE(listed.answer);
  EXPECT_EQ(listed.answer->status, 204);
  ASSERT_FALSE(listed.headers.empty());
  EXPECT_EQ(listed.headers.front().second, "https://editor.example");
  const std::string allowed = listed.answer->headers.back().second;
  for (const char* field : {"Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"}) {
    EXPECT_NE(allowed.find(field), std::string::npos) << field;
  }

  request.headers[1].second = "https://evil.example";
  const Admission foreign = admit(request, policy);
  EXPECT_FALSE(foreign.answer);
  EXPECT_TRUE(foreign.headers.empty());
  EXPECT_TRUE(foreign.refusal);
}

class Guards : public ServerTest {};

TEST_F(Guards, ForeignHostIs403AndTheTextNamesTheOption) {
  start();
  const auto responses = exchange(port(), "GET /ok HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  ASSERT_EQ(only_status(responses), 403);
  EXPECT_NE(responses.front().body.find("--allow-host"), std::string::npos);
  EXPECT_EQ(responses.front().body.find("evil"), std::string::npos);
  EXPECT_TRUE(toy_->seen().empty());
}

TEST_F(Guards, AListedHostIsAnswered) {
  options_.access.allowed_hosts = {"dev.example"};
  start();
  EXPECT_EQ(only_status(exchange(port(),
                                 "GET /ok HTTP/1.1\r\nHost: dev.example:1\r\n"
                                 "Connection: close\r\n\r\n")),
            200);
}

TEST_F(Guards, ForeignOriginIs403WithoutCors) {
  start();
  const auto responses = exchange(
      port(), "GET /ok HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n");
  ASSERT_EQ(only_status(responses), 403);
  EXPECT_EQ(responses.front().head.find("Access-Control"), std::string::npos);
  EXPECT_TRUE(toy_->seen().empty());
}

TEST_F(Guards, NoAnswerHasCorsUnlessAnOriginIsListed) {
  options_.access.allowed_origins = {"https://editor.example"};
  start();
  const auto plain = exchange(port(), kGetAndClose);
  EXPECT_EQ(plain.front().head.find("Access-Control"), std::string::npos);
  const auto listed =
      exchange(port(),
               "GET /ok HTTP/1.1\r\nHost: localhost\r\nOrigin: https://editor.example\r\n"
               "Connection: close\r\n\r\n");
  ASSERT_EQ(only_status(listed), 200);
  EXPECT_NE(listed.front().head.find("Access-Control-Allow-Origin: https://editor.example\r\n"),
            std::string::npos);
}

TEST_F(Guards, AFormIs415AndTheTextNamesCurl) {
  start();
  const auto responses = exchange(port(),
                                  "POST /v1/edit HTTP/1.1\r\nHost: localhost\r\n"
                                  "Content-Type: application/x-www-form-urlencoded\r\n"
                                  "Content-Length: 3\r\n\r\na=b");
  ASSERT_EQ(only_status(responses), 415);
  EXPECT_NE(responses.front().body.find("curl --json"), std::string::npos);
}

TEST_F(Guards, APathThatTakesNoPostIsForRoutingWhateverItsType) {
  start();
  EXPECT_EQ(only_status(exchange(port(),
                                 "POST /ok HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
                                 "Connection: close\r\n\r\na=b")),
            200);  // by this server's own handler
}

TEST_F(Guards, WithoutTheTokenIs401WithAChallenge) {
  options_.access.token = "0123456789abcdef";
  start();
  const auto responses = exchange(port(), kGet);
  ASSERT_EQ(only_status(responses), 401);
  EXPECT_NE(responses.front().head.find("WWW-Authenticate: Bearer\r\n"), std::string::npos);
  EXPECT_EQ(only_status(exchange(port(),
                                 "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                 "Authorization: Bearer 0123456789abcdef\r\n\r\n")),
            200);
}

TEST_F(Guards, NothingAClientSendsIsInAResponseHeader) {
  start();
  const auto responses =
      exchange(port(),
               "GET /marker?marker HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: marker/\r\n"
               "User-Agent: marker\r\nConnection: close\r\nCookie: marker\r\n\r\n");
  ASSERT_EQ(only_status(responses), 200);
  EXPECT_EQ(responses.front().head.find("marker"), std::string::npos);
  EXPECT_NE(responses.front().head.find("X-Request-Id: "), std::string::npos);
}

TEST_F(Guards, ASoundRequestIdIsEchoedAndAnyOtherIsReplaced) {
  start();
  const auto echoed = [&](const std::string& id) {
    const auto responses =
        exchange(port(), "GET /ok HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: " + id +
                             "\r\nConnection: close\r\n\r\n");
    return only_status(responses) == 200 &&
           responses.front().head.find("X-Request-Id: " + id + "\r\n") != std::string::npos;
  };
  EXPECT_TRUE(echoed("run-17_a.B"));
  EXPECT_TRUE(echoed(std::string(64, 'a')));
  for (const std::string& other : {std::string(65, 'a'), std::string("a b"), std::string("a:b"),
                                   std::string("<a>"), std::string("\xC3\xA9")}) {
    EXPECT_FALSE(echoed(other)) << other;
  }
}

}  // namespace
}  // namespace cromwell::server
