// Ways out of the root, tried with every operation that takes a path: none succeeds, and nothing of
// what lies outside is read or written.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>

#include "base/hash.h"
#include "tests/api/service_fixture.h"

namespace cromwell::api {
namespace {

namespace fs = std::filesystem;

const std::string kSecret = "def SECRET_OUTSIDE():\n    return 1\n";

class EscapeTest : public ServiceTest {
 protected:
  void SetUp() override {
    folder_.write("outside/secret.py", kSecret);
    folder_.write("root2/secret.py", kSecret);
    folder_.write("root/sub/deep/inner.py", "x = 1\n");
    make_links();
    make_special_files();
    script_edit("a = 1\nb = 3\n");
    start();
  }

  void make_links() {
    folder_.link("root/out_file.py", "../outside/secret.py");
    folder_.link("root/out_folder", "../outside");
    folder_.link("root/abs_file.py", folder_.str("outside/secret.py"));
    folder_.link("root/abs_folder", folder_.str("outside"));
    folder_.link("root/abs_inside.py", folder_.str("root/main.py"));
    folder_.link("root/nested.py", "nested2.py");
    folder_.link("root/nested2.py", "out_file.py");
    folder_.link("root/sub/twice.py", "../../outside/secret.py");
    folder_.link("root/hop", "sub/hop2");
    folder_.link("root/sub/hop2", "../out_folder");
    folder_.link("root/up", "..");
    folder_.link("root/slash", "/");
    folder_.link("root/fd0", "/proc/self/fd/0");
    folder_.link("root/cwd", "/proc/self/cwd");
    folder_.link("root/proc_root", "/proc/self/root");
    folder_.link("root/exe", "/proc/self/exe");
    folder_.link("root/environ", "/proc/self/environ");
    folder_.link("root/thread_root", "/proc/thread-self/root");
    folder_.link("root/etc", "/etc");
    folder_.link("root/null", "/dev/null");
    folder_.link("root/loop", "loop");
    folder_.link("root/loop_a", "loop_b");
    folder_.link("root/loop_b", "loop_a");
    folder_.link("root/dangling.py", "../outside/none.py");
  }

  void make_special_files() {
    ASSERT_EQ(::mkfifo(folder_.str("root/fifo.py").c_str(), 0600), 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    folder_.str("root/socket.py").copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::close(fd);
  }

  std::vector<std::string> ways() const {
    const std::string top = folder_.str();
    return {"..", "../", "../..", "../outside/secret.py", "./../outside/secret.py",
            ".//..//outside//secret.py", "sub/../../outside/secret.py",
            "sub/deep/../../../outside/secret.py", "sub/./deep/.././../../outside/secret.py",
            "main.py/../../outside/secret.py", "none/../../outside/secret.py", "../root/main.py",
            "../root2/secret.py", "sub/../../root/main.py", "/", "//", "/etc/passwd",
            "//etc/passwd", "/./etc/passwd", top + "/outside/secret.py", top + "/root/main.py",
            top + "/root/../outside/secret.py", "/proc/self/root" + top + "/outside/secret.py",
            "/proc/self/cwd", "/proc/self/fd/3", "/dev/stdin", "/dev/fd/0", "out_file.py",
            "out_folder/secret.py", "abs_file.py", "abs_folder/secret.py", "abs_inside.py",
            "nested.py", "nested2.py", "sub/twice.py", "hop/secret.py", "sub/hop2/secret.py",
            "up/outside/secret.py", "up/root/main.py", "up/root2/secret.py", "slash/etc/passwd",
            "slash/proc/self/environ", "slash" + top + "/outside/secret.py", "fd0",
            "cwd/CMakeLists.txt", "proc_root/etc/passwd", "exe", "environ",
            "thread_root/etc/passwd", "etc/passwd", "null", "loop", "loop/x", "loop_a",
            "dangling.py", "out_folder/../root/main.py", "up/../etc/passwd", "sub/../out_file.py",
            "fifo.py", "socket.py", "sub", ".", "./", "main.py/", "main.py/.", "",
            std::string("main.py\0.txt", 12), std::string("../outside/secret.py\0main.py", 28),
            std::string(5000, 'a'), std::string(300, 'a') + "/main.py",
            std::string(3000, '.') + "/../../outside/secret.py",
            // What looks like a way out, or would be one elsewhere.
            "..\\outside\\secret.py", "%2e%2e/outside/secret.py", "..%2foutside/secret.py",
            "\u2025/outside/secret.py", "\uff0e\uff0e/outside/secret.py",
            "..\u2215outside\u2215secret.py", "MAIN.PY", "Sub/deep/inner.py", "m\u0430in.py",
            "main.py ", "file:///etc/passwd", "~/secret.py", "$HOME/secret.py"};
  }

  void expect_shut(const std::string& what, const std::string& way, const HttpResponse& response) {
    SCOPED_TRACE(what + " of " + testing::PrintToString(way.substr(0, 60)));
    EXPECT_GE(response.status, 400) << response.body;
    EXPECT_LT(response.status, 500) << response.body;
    EXPECT_EQ(response.body.find("SECRET_OUTSIDE"), std::string::npos);
    EXPECT_EQ(response.body.find("root:x:0"), std::string::npos);
  }

  static std::string escaped(const std::string& text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string query;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      query += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
    return query;
  }

  static std::string body(const std::string& field, const std::string& way,
                          const JsonOut& more = JsonOut::object()) {
    JsonOut json = more;
    json[field] = way;
    return json.dump();
  }

  // A record as a hostile program would forge it, or as it is when what it names was exchanged.
  std::string forged(const std::string& file, const std::string& resolved) {
    workspace::EditRecord record{.id = workspace::EditStore::new_id(),
                                 .workspace = folder_.str("root"),
                                 .root = folder_.str("root"),
                                 .instruction = "x"};
    record.files.push_back({.file = file,
                            .resolved = resolved,
                            .base_sha256 = base::sha256_hex(kSecret),
                            .new_sha256 = base::sha256_hex("pwned\n"),
                            .old_bytes = kSecret,
                            .new_bytes = "pwned\n"});
    EXPECT_TRUE(edits_->store().propose(record).has_value());
    return record.id;
  }

  void expect_untouched() {
    EXPECT_EQ(folder_.read("outside/secret.py"), kSecret);
    EXPECT_EQ(folder_.read("root2/secret.py"), kSecret);
    for (const char* folder : {"outside", "root2"}) {
      EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / folder), {}), 1) << folder;
    }
  }
};

TEST_F(EscapeTest, NoOperationFollowsAWayOutOfTheRoot) {
  const auto all = ways();
  ASSERT_GE(all.size(), 60U);
  for (const std::string& way : all) {
    const JsonOut edit = {{"instruction", "make b three"}};
    const JsonOut apply = {{"instruction", "make b three"}, {"apply", true}};
    const JsonOut selected = {{"instruction", "make b three"},
                              {"selection", {{"start_line", 1}, {"end_line", 1}}}};
    const JsonOut typed = {{"instruction", "make b three"}, {"content", "a = 1\n"}};
    expect_shut("edit", way, post("/v1/edit", body("file", way, edit)));
    expect_shut("apply", way, post("/v1/edit", body("file", way, apply)));
    expect_shut("edit of lines", way, post("/v1/edit", body("file", way, selected)));
    expect_shut("edit of a buffer", way, post("/v1/edit", body("file", way, typed)));
    JsonOut several = apply;
    several["files"] = {{{"file", "main.py"}}, {{"file", way}}};
    expect_shut("edit of several files", way, post("/v1/edit", several.dump()));
    expect_shut("warm", way, post("/v1/warm", body("file", way)));
    expect_shut("text", way, get("/v1/workspace/file", "file=" + escaped(way)));
    expect_shut("outline", way, get("/v1/workspace/outline", "file=" + escaped(way)));
    expect_shut("context", way, get("/v1/workspace/context", "file=" + escaped(way)));
  }
  expect_untouched();
}

TEST_F(EscapeTest, NoWorkspaceFolderLeadsOutOfTheRoot) {
  const JsonOut edit = {{"instruction", "make b three"}, {"file", "secret.py"}};
  for (const std::string& way : ways()) {
    const bool is_inside = way.empty() || way == "." || way == "./" || way == "sub";
    const std::string workspace = is_inside ? "outside" : folder_.str("root") + "/" + way;
    expect_shut("edit", workspace, post("/v1/edit", body("workspace", workspace, edit)));
    const std::string query = "workspace=" + escaped(workspace);
    expect_shut("text", workspace, get("/v1/workspace/file", query + "&file=secret.py"));
    expect_shut("outline", workspace, get("/v1/workspace/outline", query + "&file=secret.py"));
    const std::string found = get("/v1/workspace/symbols", query + "&query=SECRET").body;
    EXPECT_EQ(found.find("SECRET_OUTSIDE"), std::string::npos) << workspace;
    const std::string files = get("/v1/workspace/files", query + "&query=secret").body;
    EXPECT_EQ(files.find(R"("secret.py")"), std::string::npos) << workspace;
  }
  expect_untouched();
}

TEST_F(EscapeTest, ContextNeverShowsWhatIsOutside) {
  for (const std::string& way : ways()) {
    const JsonOut context = {
        {"add", JsonOut::array({way})}, {"open", JsonOut::array({way})}, {"budget", 1000}};
    const std::string answer =
        post("/v1/edit",
             body("file", "main.py",
                  {{"instruction", "make b three"}, {"context", context}, {"explain", true}}))
            .body;
    EXPECT_EQ(answer.find("SECRET_OUTSIDE"), std::string::npos) << way << answer;
  }
  expect_untouched();
}

TEST_F(EscapeTest, NoForgedRecordIsAppliedOrReverted) {
  for (const std::string& way : ways()) {
    for (const std::string& resolved : {way, std::string("sub/deep/inner.py")}) {
      const std::string id = forged(way, resolved);
      expect_shut("apply", way, post("/v1/edits/" + id + "/apply", ""));
      expect_shut("revert", way, post("/v1/edits/" + id + "/revert", ""));
    }
  }
  expect_untouched();
}

TEST_F(EscapeTest, WhatBecameALinkSinceTheSnapshotIsNotFollowed) {
  const std::vector<std::string> targets = {
      "../outside/secret.py", folder_.str("outside/secret.py"),
      "/proc/self/root" + folder_.str("outside/secret.py"), "out_file.py", "/dev/null"};
  for (const std::string& target : targets) {
    folder_.write("root/victim.py", kSecret);
    const std::string id = forged("victim.py", "victim.py");
    fs::remove(folder_.path() / "root/victim.py");
    folder_.link("root/victim.py", target);
    expect_shut("apply", target, post("/v1/edits/" + id + "/apply", ""));
    fs::remove(folder_.path() / "root/victim.py");
  }
  for (const std::string& target : {std::string("../outside"), folder_.str("outside")}) {
    folder_.write("root/dir/secret.py", kSecret);
    const std::string id = forged("dir/secret.py", "dir/secret.py");
    fs::rename(folder_.path() / "root/dir", folder_.path() / "root/dir_was");
    folder_.link("root/dir", target);
    expect_shut("apply", target, post("/v1/edits/" + id + "/apply", ""));
    fs::remove(folder_.path() / "root/dir");
    fs::remove_all(folder_.path() / "root/dir_was");
  }
  expect_untouched();
}

TEST_F(EscapeTest, AHardLinkToTheOutsideIsNotWritten) {
  fs::create_hard_link(folder_.path() / "outside/secret.py", folder_.path() / "root/linked.py");
  const std::string id = forged("linked.py", "linked.py");
  expect_shut("apply", "linked.py", post("/v1/edits/" + id + "/apply", ""));
  expect_untouched();
}

}  // namespace
}  // namespace cromwell::api
