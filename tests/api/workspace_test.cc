// The endpoints that read the code base, and queries.
#include <gmock/gmock.h>

#include "api/query.h"
#include "api/workspace_wire.h"
#include "base/hash.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

using testing::HasSubstr;

TEST(ParseQuery, DecodesNamesAndTexts) {
  const auto query = parse_query("file=a%20b%2Fc.py&query=x+y&&empty=&file=d", JsonOut::object());
  ASSERT_TRUE(query);
  EXPECT_EQ((*query)["file"], "d");
  EXPECT_EQ((*query)["query"], "x y");
  EXPECT_EQ((*query)["empty"], "");
}

TEST(ParseQuery, MakesNumbersOnlyWhereTheTableWantsThem) {
  const auto query = parse_query("limit=12&query=12", symbols_fields().schema());
  ASSERT_TRUE(query);
  EXPECT_EQ((*query)["limit"], 12);
  EXPECT_EQ((*query)["query"], "12");
}

TEST(ParseQuery, RefusesBrokenEscapesAndBytes) {
  for (const char* query : {"a=%", "a=%4", "a=%zz", "%=1", "a=%ff", "a=%-1"}) {
    EXPECT_FALSE(parse_query(query, JsonOut::object())) << query;
  }
}

class WorkspaceEndpoints : public ServiceTest {
 protected:
  void SetUp() override {
    folder_.write("root/shop/cart.py",
                  "class Cart:\n    def total(self):\n        return read_price('x')\n");
    folder_.write("root/shop/prices.py", "def read_price(name):\n    return 1\n");
    start();  // main.py is there, too
    for (auto version = index_->state().version; !index_->state().ready;) {
      version = index_->wait_past(version).version;
    }
  }
};

TEST_F(WorkspaceEndpoints, OutlineListsTheSymbolsOfAFile) {
  const JsonIn answer = get_ok("/v1/workspace/outline", "file=shop/cart.py");
  EXPECT_EQ(answer["language"], "python");
  ASSERT_EQ(answer["symbols"].size(), 2U);
  EXPECT_EQ(answer["symbols"][1]["kind"], "method");
  EXPECT_EQ(answer["symbols"][1]["container"], "Cart");
  EXPECT_EQ(answer["symbols"][1]["start_line"], 2);
  EXPECT_EQ(answer["symbols"][1]["signature"], "def total(self)");
}

TEST_F(WorkspaceEndpoints, FilesFindsByAPartOfThePath) {
  const JsonIn all = get_ok("/v1/workspace/files");
  EXPECT_EQ(all["files"], JsonIn::array({"main.py", "shop/cart.py", "shop/prices.py"}));
  EXPECT_EQ(all["workspace"], folder_.str("root"));
  EXPECT_EQ(all["roots"], JsonIn::array({folder_.str("root")}));
  EXPECT_EQ(all["index"]["files"], 3);
  EXPECT_EQ(get_ok("/v1/workspace/files", "query=CART")["files"], JsonIn::array({"shop/cart.py"}));
  EXPECT_EQ(get_ok("/v1/workspace/files", "limit=1")["files"], JsonIn::array({"main.py"}));
  EXPECT_TRUE(get_ok("/v1/workspace/files", "query=none")["files"].empty());
}

TEST_F(WorkspaceEndpoints, FilesAreThoseBeneathTheWorkspaceFolder) {
  const std::string folder = folder_.str("root/shop");
  const JsonIn answer = get_ok("/v1/workspace/files", "workspace=" + folder + "&query=shop");
  EXPECT_TRUE(answer["files"].empty());
  EXPECT_EQ(answer["workspace"], folder);
  EXPECT_EQ(get_ok("/v1/workspace/files", "workspace=" + folder)["files"],
            JsonIn::array({"cart.py", "prices.py"}));
  expect_error(get("/v1/workspace/files", "workspace=/etc"), 403, "path_outside_root");
}

TEST_F(WorkspaceEndpoints, FileIsItsTextWhateverItsEncoding) {
  const JsonIn file = get_ok("/v1/workspace/file", "file=main.py");
  EXPECT_EQ(file["text"], "a = 1\nb = 2\n");
  EXPECT_EQ(file["lines"], 2);
  EXPECT_EQ(file["sha256"], base::sha256_hex("a = 1\nb = 2\n"));
  folder_.write("root/latin.py", "# caf\xe9\r\n");
  const JsonIn latin = get_ok("/v1/workspace/file", "file=latin.py");
  EXPECT_EQ(latin["text"], "# caf\u00e9\n");
  EXPECT_EQ(latin["encoding"], "Latin-1");
}

TEST_F(WorkspaceEndpoints, FileRefusesWhatAnEditWouldRefuse) {
  folder_.write("root/.env", "KEY=1\n");
  folder_.link("root/away", "/etc/passwd");
  for (const char* file : {"../root/main.py", "/etc/passwd", "away"}) {
    expect_error(get("/v1/workspace/file", std::string("file=") + file), 403, "path_outside_root");
  }
  expect_error(get("/v1/workspace/file", "file=.env"), 403, "forbidden");
  expect_error(get("/v1/workspace/file", "file=none.py"), 404, "not_found");
}

TEST_F(WorkspaceEndpoints, SymbolsFindsByAPartOfTheName) {
  const JsonIn answer = get_ok("/v1/workspace/symbols", "query=PRICE");
  ASSERT_EQ(answer["symbols"].size(), 1U);
  EXPECT_EQ(answer["symbols"][0]["file"], "shop/prices.py");
  EXPECT_EQ(answer["symbols"][0]["name"], "read_price");
  EXPECT_EQ(answer["index"]["listed"], true);
  EXPECT_EQ(answer["index"]["searchable"], true);
  EXPECT_EQ(answer["index"]["ready"], true);
  EXPECT_EQ(answer["index"]["waiting"], 0);
  EXPECT_EQ(answer["index"]["files"], 3);
}

TEST_F(WorkspaceEndpoints, SymbolsAreThoseBeneathTheWorkspaceFolder) {
  const std::string folder = folder_.str("root/shop");
  EXPECT_EQ(get_ok("/v1/workspace/symbols", "query=cart&workspace=" + folder)["symbols"][0]["file"],
            "cart.py");
}

TEST_F(WorkspaceEndpoints, ContextSaysWhatWouldBeShownAndWhy) {
  const JsonIn answer =
      get_ok("/v1/workspace/context", "file=shop/cart.py&start_line=2&end_line=3&budget=1000");
  EXPECT_EQ(answer["region"]["start_line"], 2);
  ASSERT_EQ(answer["pieces"].size(), 2U);
  EXPECT_EQ(answer["pieces"][0]["why"], "outline");
  EXPECT_EQ(answer["pieces"][1]["file"], "shop/prices.py");
  EXPECT_EQ(answer["pieces"][1]["why"], "defines read_price");
  EXPECT_EQ(answer["pieces"][1]["used"], true);
  EXPECT_GT(answer["pieces"][1]["tokens"], 0);
  EXPECT_EQ(answer["index"]["ready"], true);
}

TEST_F(WorkspaceEndpoints, NameTheFieldAtFault) {
  const auto param = [&](const char* path, const char* query, const char* code, int status) {
    return expect_error(get(path, query), status, code).value("param", "");
  };
  EXPECT_EQ(param("/v1/workspace/outline", "", "invalid_request", 400), "file");
  EXPECT_EQ(param("/v1/workspace/symbols", "query=a&limit=0", "invalid_request", 400), "limit");
  EXPECT_EQ(param("/v1/workspace/symbols", "query=a&limit=x", "invalid_request", 400), "limit");
  EXPECT_EQ(param("/v1/workspace/context", "file=main.py&start_line=1", "invalid_request", 400),
            "end_line");
  expect_error(get("/v1/workspace/outline", "file=../secret"), 403, "path_outside_root");
  expect_error(get("/v1/workspace/outline", "file=none.py"), 404, "not_found");
  expect_error(get("/v1/workspace/symbols", "query=a&workspace=/etc"), 403, "path_outside_root");
}

}  // namespace
}  // namespace cromwell::api
