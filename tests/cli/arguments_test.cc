// What is typed: line ranges, server addresses, file names.
#include <gtest/gtest.h>

#include <filesystem>

#include "clients/cli/base64.h"
#include "clients/cli/file_location.h"
#include "clients/cli/http_client.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::cli {
namespace {

TEST(ParseLines, TakesARangeOrOneLine) {
  EXPECT_EQ(parse_lines("3:20")->first, 3);
  EXPECT_EQ(parse_lines("3:20")->last, 20);
  EXPECT_EQ(parse_lines("7")->first, 7);
  EXPECT_EQ(parse_lines("7")->last, 7);
}

TEST(ParseLines, RefusesAnythingElse) {
  for (const char* text :
       {"", ":", "3:", ":3", "0:3", "5:4", "-1:3", "a:b", "1:2:3", "1 :2", "99999999999:1"}) {
    EXPECT_FALSE(parse_lines(text)) << text;
  }
}

TEST(ParseServer, TakesHostAndPort) {
  EXPECT_EQ(parse_server("http://127.0.0.1:8411")->port, "8411");
  EXPECT_EQ(parse_server("http://localhost/")->host, "localhost");
  EXPECT_EQ(parse_server("http://localhost")->port, "8411");
  EXPECT_EQ(parse_server("http://[::1]:9")->host, "::1");
  EXPECT_EQ(parse_server("http://[::1]:9")->name(), "http://[::1]:9");
}

TEST(ParseServer, RefusesAnythingElse) {
  for (const char* url : {"", "localhost:8411", "https://localhost:1", "http://", "http://:1",
                          "http://a:", "http://a:x", "http://a:123456", "http://a/b", "http://[::1",
                          "http://u@a:1", "http://[::1]x"}) {
    EXPECT_FALSE(parse_server(url)) << url;
  }
}

TEST(LocateFiles, NamesTheFileFromItsWorkTreeThenFromItsFolder) {
  const tests::TempFolder folder;
  folder.write("repo/.git/HEAD", "");
  folder.write("repo/src/a.py", "");
  const auto locations = locate_files({folder.str("repo/src/../src/a.py")});
  ASSERT_TRUE(locations);
  ASSERT_EQ(locations->size(), 2U);
  EXPECT_EQ(locations->front().workspace, folder.str("repo"));
  EXPECT_EQ(names_of(locations->front()), "src/a.py");
  EXPECT_EQ(locations->back().workspace, folder.str("repo/src"));
  EXPECT_EQ(names_of(locations->back()), "a.py");
}

TEST(LocateFiles, RefusesANameThatNoRequestCanSay) {
  const tests::TempFolder folder;
  folder.write("bad\xff.py", "");
  const auto locations = locate_files({folder.str("bad\xff.py")});
  ASSERT_FALSE(locations);
  EXPECT_NE(locations.error().message.find("not UTF-8"), std::string::npos);
}

TEST(LocateFiles, NamesSeveralFromTheFolderThatHoldsThemAll) {
  const tests::TempFolder folder;
  folder.write("top/src/more/a.py", "");
  folder.write("top/lib/b.py", "");
  const auto locations =
      locate_files({folder.str("top/src/more/a.py"), folder.str("top/lib/b.py")});
  ASSERT_TRUE(locations);
  ASSERT_EQ(locations->size(), 1U);
  EXPECT_EQ(locations->front().workspace, folder.str("top"));
  EXPECT_EQ(names_of(locations->front()), "src/more/a.py, lib/b.py");
}

TEST(LocateFiles, RefusesWhatCanBeNoFile) {
  EXPECT_FALSE(locate_files({"/no/such/folder/a.py"}));
  EXPECT_FALSE(locate_files({"/tmp/.."}));
  EXPECT_FALSE(locate_files({"/"}));
}

TEST(FromBase64, ReadsAllLengths) {
  EXPECT_EQ(from_base64("YQ=="), "a");
  EXPECT_EQ(from_base64("YWI="), "ab");
  EXPECT_EQ(from_base64("YWJj/+8="), "abc\xff\xef");
  EXPECT_EQ(from_base64(""), "");
}

TEST(Arguments, ACursorIsALineWithOrWithoutAColumn) {
  EXPECT_EQ(parse_cursor("7")->line, 7);
  EXPECT_FALSE(parse_cursor("7")->column);
  EXPECT_EQ(parse_cursor("7:3")->line, 7);
  EXPECT_EQ(parse_cursor("7:3")->column, 3);
  for (const char* text : {"", "0", "x", "7:", "7:0", ":3", "-1", "7:3:1"}) {
    EXPECT_FALSE(parse_cursor(text)) << text;
  }
}

}  // namespace
}  // namespace cromwell::cli
