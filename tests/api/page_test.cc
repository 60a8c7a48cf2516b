// The page at / and what a browser is told of it.
#include "api/page.h"

#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

class PageTest : public ServiceTest {
 protected:
  void SetUp() override {
    page_ = {{"index.html", "text/html", "<p>"}, {"app.js", "text/javascript", "1"}};
    start();
  }
  HttpResponse get_as(const std::string& path, const std::string& accept) {
    return send({.method = "GET", .path = path, .headers = {{"Accept", accept}}})->wait();
  }
};

TEST_F(PageTest, IsForBrowsersAndTheDescriptionForOthers) {
  const HttpResponse page = get_as("/", "text/html,application/xhtml+xml,*/*;q=0.8");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, "<p>");
  EXPECT_EQ(header_of(page, "Vary"), "Accept");
  for (const char* accept : {"", "*/*", "application/json"}) {
    EXPECT_EQ(get_as("/", accept).content_type, "application/json") << accept;
  }
}

TEST_F(PageTest, LetsABrowserReadNoTextAsCodeAndAskNobodyElse) {
  const std::string policy = header_of(get_as("/", "text/html"), "Content-Security-Policy");
  for (const char* part :
       {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'",
        "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST_F(PageTest, HasItsFilesAndNoOthers) {
  EXPECT_EQ(get_as("/page/app.js", "*/*").content_type, "text/javascript; charset=utf-8");
  for (const char* name : {"none.js", "..", "app.js/", "APP.JS"}) {
    expect_error(get_as(std::string("/page/") + name, "*/*"), 404, "not_found");
  }
}

TEST(PageRequest, IsThePageOrAFileOfIt) {
  const HeaderList browser = {{"Accept", "text/html"}};
  EXPECT_TRUE(is_page_request({.path = "/", .headers = browser}));
  EXPECT_TRUE(is_page_request({.path = "/page/app.js"}));
  EXPECT_FALSE(is_page_request({.path = "/"}));
  EXPECT_FALSE(is_page_request({.path = "/v1/edits", .headers = browser}));
  EXPECT_FALSE(is_page_request({.path = "/pages", .headers = browser}));
}

}  // namespace
}  // namespace cromwell::api
