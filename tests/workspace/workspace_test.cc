#include "workspace/workspace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/hash.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::workspace {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using tests::TempFolder;

// root/ holds a.txt, sub/b.txt, .git/config …; beside it lies outside/secret.txt.
class WorkspaceTest : public testing::Test {
 protected:
  void SetUp() override {
    top_.write("root/a.txt", "alpha\n");
    top_.write("root/sub/b.txt", "beta\n");
    top_.write("root/sub/deep/c.txt", "gamma\n");
    top_.write("root/.git/config", "[core]\n");
    top_.write("root/.env", "TOKEN=x\n");
    top_.write("outside/secret.txt", "secret\n");
    top_.write("root2/other.txt", "other\n");
    auto opened = Workspace::open({top_.str("root")}, {.max_file_bytes = 1000});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    workspace_ = *opened;
  }

  ErrorCode error_of(const std::string& workspace, const std::string& file) {
    const auto snapshot = workspace_->read(workspace, file);
    EXPECT_FALSE(snapshot.has_value()) << workspace << " : " << file;
    return snapshot ? ErrorCode::kInternal : snapshot.error().code;
  }

  TempFolder top_;
  std::shared_ptr<Workspace> workspace_;
};

TEST_F(WorkspaceTest, ReadsAFileWithItsHashAndIdentity) {
  const auto snapshot = workspace_->read("", "sub/b.txt");
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  struct stat found;
  ASSERT_EQ(::stat(top_.str("root/sub/b.txt").c_str(), &found), 0);
  EXPECT_EQ(snapshot->text.bytes(), "beta\n");
  EXPECT_EQ(snapshot->sha256, base::sha256_hex("beta\n"));
  EXPECT_EQ(snapshot->root, top_.str("root"));
  EXPECT_EQ(snapshot->workspace, top_.str("root"));
  EXPECT_EQ(snapshot->resolved, "sub/b.txt");
  EXPECT_EQ(snapshot->identity.inode, found.st_ino);
  EXPECT_EQ(snapshot->identity.mode, found.st_mode);
}

TEST_F(WorkspaceTest, TakesAnyFolderBeneathARoot) {
  const auto snapshot = workspace_->read(top_.str("root/sub"), "b.txt");
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  EXPECT_EQ(snapshot->workspace, top_.str("root/sub"));
  EXPECT_EQ(snapshot->resolved, "sub/b.txt");
  for (const char* spelled : {"root/", "root//sub/..", "root/./sub/../", "outside/../root"}) {
    const auto same = workspace_->read(top_.str(spelled), "a.txt");
    EXPECT_TRUE(same.has_value()) << spelled << ": " << same.error().message;
  }
}

TEST_F(WorkspaceTest, TakesARootThatIsSpelledThroughALink) {
  top_.link("alias", "root");
  const auto snapshot = workspace_->read(top_.str("alias/sub"), "b.txt");
  ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
  EXPECT_EQ(snapshot->workspace, top_.str("root/sub"));
}

TEST_F(WorkspaceTest, FollowsLinksThatStayBeneath) {
  top_.link("root/to_b", "sub/b.txt");
  top_.link("root/sub/up", "../a.txt");
  top_.link("root/folder", "sub/deep");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"to_b", "sub/b.txt"},
      {"sub/up", "a.txt"},
      {"folder/c.txt", "sub/deep/c.txt"},
      {"folder/../b.txt", "sub/b.txt"},
      {"sub/../a.txt", "a.txt"},
      {"./a.txt", "a.txt"},
      {"sub//b.txt", "sub/b.txt"}};
  for (const auto& [file, resolved] : cases) {
    const auto snapshot = workspace_->read("", file);
    ASSERT_TRUE(snapshot.has_value()) << file << ": " << snapshot.error().message;
    EXPECT_EQ(snapshot->resolved, resolved) << file;
    EXPECT_EQ(snapshot->file, file);
  }
}

TEST_F(WorkspaceTest, RefusesEveryWayOutOfTheRoot) {
  top_.link("root/out_file", "../outside/secret.txt");
  top_.link("root/out_folder", "../outside");
  top_.link("root/abs_file", top_.str("outside/secret.txt"));
  top_.link("root/abs_folder", top_.str("outside"));
  top_.link("root/abs_inside", top_.str("root/a.txt"));
  top_.link("root/nested1", "nested2");
  top_.link("root/nested2", "out_file");
  top_.link("root/sub/twice", "../../outside/secret.txt");
  top_.link("root/hop", "sub/hop2");
  top_.link("root/sub/hop2", "../out_folder");
  top_.link("root/up", "..");
  top_.link("root/slash", "/");
  top_.link("root/self_fd", "/proc/self/fd/0");
  top_.link("root/self_cwd", "/proc/self/cwd");
  top_.link("root/self_root", "/proc/self/root");
  top_.link("root/etc", "/etc");
  top_.link("root/dev_null", "/dev/null");
  top_.link("root/loop", "loop");
  top_.link("root/loop_a", "loop_b");
  top_.link("root/loop_b", "loop_a");
  const std::vector<std::string> ways = {"..",
                                         "../",
                                         "../..",
                                         "../outside/secret.txt",
                                         "sub/../../outside/secret.txt",
                                         "sub/deep/../../../outside/secret.txt",
                                         "./../outside/secret.txt",
                                         "/etc/passwd",
                                         "/",
                                         "//etc/passwd",
                                         top_.str("outside/secret.txt"),
                                         top_.str("root/a.txt"),
                                         top_.str("root/../outside/secret.txt"),
                                         "../root/a.txt",
                                         "../root2/other.txt",
                                         "sub/../../root/a.txt",
                                         "out_file",
                                         "out_folder/secret.txt",
                                         "abs_file",
                                         "abs_folder/secret.txt",
                                         "abs_inside",
                                         "nested1",
                                         "nested2",
                                         "sub/twice",
                                         "hop/secret.txt",
                                         "sub/hop2/secret.txt",
                                         "up/outside/secret.txt",
                                         "up/root/a.txt",
                                         "up/root2/other.txt",
                                         "slash/etc/passwd",
                                         "slash/proc/self/environ",
                                         "self_fd",
                                         "self_cwd/CMakeLists.txt",
                                         "self_root/etc/passwd",
                                         "etc/passwd",
                                         "dev_null",
                                         "loop",
                                         "loop/x",
                                         "loop_a",
                                         "sub/../out_file",
                                         "out_folder/../root/a.txt",
                                         "up/../etc/passwd",
                                         "/proc/self/root/etc/passwd",
                                         "/proc/self/fd/3",
                                         "/dev/stdin",
                                         std::string(1000, '.') + "/../../outside/secret.txt"};
  ASSERT_GE(ways.size(), 40U);
  for (const std::string& way : ways) {
    const ErrorCode code = error_of("", way);
    EXPECT_TRUE(code == ErrorCode::kPathOutsideRoot ||
                (way.starts_with("....") && code == ErrorCode::kInvalidRequest))
        << way << " " << static_cast<int>(code);
  }
}

TEST_F(WorkspaceTest, RefusesMagicLinksBeneathARootThatIsProc) {
  const auto proc = Workspace::open({"/proc/self"});
  ASSERT_TRUE(proc.has_value());
  const int fd = ::open(top_.str("outside/secret.txt").c_str(), O_RDONLY | O_CLOEXEC);
  for (const std::string& file : {"fd/" + std::to_string(fd), std::string("root/etc/passwd"),
                                  std::string("cwd/CMakeLists.txt"), std::string("exe")}) {
    const auto snapshot = (*proc)->read("", file);
    ASSERT_FALSE(snapshot.has_value()) << file;
    EXPECT_EQ(snapshot.error().code, ErrorCode::kPathOutsideRoot) << file;
  }
  ::close(fd);
}

TEST_F(WorkspaceTest, RefusesWorkspacesThatAreNotBeneathARoot) {
  top_.link("root/out_folder", "../outside");
  top_.link("root/abs_folder", top_.str("outside"));
  for (const std::string& folder :
       {top_.str("outside"), top_.str("root2"), top_.str(), std::string("/"), std::string("/etc"),
        top_.str("root/../outside"), top_.str("root/out_folder"), top_.str("root/abs_folder"),
        top_.str("root/sub/../../outside"), std::string("/proc/self/cwd"),
        std::string("/no/such/folder")}) {
    EXPECT_EQ(error_of(folder, "secret.txt"), ErrorCode::kPathOutsideRoot) << folder;
  }
  EXPECT_EQ(error_of("sub", "b.txt"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of(top_.str("root/none"), "b.txt"), ErrorCode::kNotFound);
  EXPECT_EQ(error_of(top_.str("root/a.txt"), "b.txt"), ErrorCode::kNotFound);
}

TEST_F(WorkspaceTest, KeepsAFileInsideItsWorkspaceFolder) {
  top_.link("root/sub/up_link", "../a.txt");
  for (const char* file : {"../a.txt", "deep/../../a.txt", "..", "up_link"}) {
    EXPECT_EQ(error_of(top_.str("root/sub"), file), ErrorCode::kPathOutsideRoot) << file;
  }
}

TEST_F(WorkspaceTest, SaysWhichRootsThereAreAndHowToAddOne) {
  const auto snapshot = workspace_->read(top_.str("outside"), "secret.txt");
  ASSERT_FALSE(snapshot.has_value());
  EXPECT_NE(snapshot.error().message.find(top_.str("root")), std::string::npos);
  EXPECT_NE(snapshot.error().message.find("cromwell serve --root ."), std::string::npos);
}

TEST_F(WorkspaceTest, RefusesNamesThatAreNone) {
  for (const std::string& file :
       {std::string(), std::string("a\0.txt", 6), std::string(5000, 'a'), std::string(300, 'a')}) {
    EXPECT_EQ(error_of("", file), ErrorCode::kInvalidRequest);
  }
  EXPECT_EQ(error_of(std::string("/\0", 2), "a.txt"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of(std::string("/").append(5000, 'a'), "a.txt"), ErrorCode::kInvalidRequest);
  EXPECT_EQ(error_of("", "none.txt"), ErrorCode::kNotFound);
  EXPECT_EQ(error_of("", "a.txt/b"), ErrorCode::kNotFound);
}

TEST_F(WorkspaceTest, RefusesWhatIsNoRegularFileWithoutBlocking) {
  ASSERT_EQ(::mkfifo(top_.str("root/pipe").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  top_.str("root/sock").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  for (const char* file : {"pipe", "sock", "sub", "."}) {
    EXPECT_EQ(error_of("", file), ErrorCode::kUnsupportedFile) << file;
  }
  const auto dev = Workspace::open({"/dev"});
  ASSERT_TRUE(dev.has_value());
  for (const char* file : {"zero", "null", "tty"}) {
    const auto snapshot = (*dev)->read("", file);
    ASSERT_FALSE(snapshot.has_value());
    EXPECT_EQ(snapshot.error().code, ErrorCode::kUnsupportedFile) << file;
  }
  ::close(listener);
}

TEST_F(WorkspaceTest, RefusesBinaryAndLargeFiles) {
  top_.write("root/bin", std::string("\x7F\x45LF\0\0", 6));
  top_.write("root/limit", std::string(1000, 'x'));
  top_.write("root/large", std::string(1001, 'x'));
  EXPECT_EQ(error_of("", "bin"), ErrorCode::kUnsupportedFile);
  EXPECT_TRUE(workspace_->read("", "limit").has_value());
  EXPECT_EQ(error_of("", "large"), ErrorCode::kPayloadTooLarge);
}

TEST_F(WorkspaceTest, NeverTouchesGitsOwnDataNorSecrets) {
  top_.write("root/sub/.git", "gitdir: ../.git\n");
  top_.link("root/settings", ".env");
  top_.link("root/conf", ".git/config");
  for (const char* file : {".git/config", "sub/.git", "sub/../.git/config", "conf", "settings"}) {
    EXPECT_EQ(error_of("", file), ErrorCode::kForbidden) << file;
  }
  EXPECT_EQ(error_of(top_.str("root/.git"), "config"), ErrorCode::kForbidden);
  for (const char* file :
       {".env", ".ENV.local", "sub/server.pem", "tls.key", "id_rsa", "x/.ssh/a"}) {
    top_.write(std::string("root/") + file, "x\n");
    EXPECT_EQ(error_of("", file), ErrorCode::kForbidden) << file;
  }
  top_.write("root/.gitignore", "x\n");
  EXPECT_TRUE(workspace_->read("", ".gitignore").has_value());
}

TEST_F(WorkspaceTest, ReadsASecretThatTheConfigurationNamesButNotThroughALink) {
  top_.write("root/.env.example", "A=\n");
  top_.write("root/.env.local", "A=\n");
  top_.link("root/settings", ".env.example");
  const auto allowing =
      Workspace::open({top_.str("root")}, {.secrets = {.allowed = {".env.example"}}});
  ASSERT_TRUE(allowing.has_value());
  EXPECT_TRUE((*allowing)->read("", ".env.example").has_value());
  EXPECT_FALSE((*allowing)->read("", ".env.local").has_value());
  EXPECT_FALSE((*allowing)->read("", "settings").has_value());
}

TEST_F(WorkspaceTest, PrefersTheInnermostOfNestedRoots) {
  const auto nested = Workspace::open({top_.str("root"), top_.str("root/sub")});
  ASSERT_TRUE(nested.has_value());
  const auto snapshot = (*nested)->read(top_.str("root/sub/deep"), "c.txt");
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->root, top_.str("root/sub"));
  EXPECT_EQ(snapshot->resolved, "deep/c.txt");
}

TEST_F(WorkspaceTest, NamesTheRootThatCannotBeOpened) {
  const auto none = Workspace::open({top_.str("root"), top_.str("none")});
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().message.find(top_.str("none")), std::string::npos);
  EXPECT_FALSE(Workspace::open({}).has_value());
  EXPECT_FALSE(Workspace::open({top_.str("root/a.txt")}).has_value());
}

TEST_F(WorkspaceTest, OpensAParentOnlyWhereNoLinkIs) {
  top_.link("root/folder", "sub");
  EXPECT_TRUE(workspace_->open_parent(top_.str("root"), "sub/b.txt").has_value());
  EXPECT_TRUE(workspace_->open_parent(top_.str("root"), "a.txt").has_value());
  const auto linked = workspace_->open_parent(top_.str("root"), "folder/b.txt");
  ASSERT_FALSE(linked.has_value());
  EXPECT_EQ(linked.error().code, ErrorCode::kFileChanged);
  EXPECT_FALSE(workspace_->open_parent(top_.str("root"), "../outside/secret.txt").has_value());
  EXPECT_FALSE(workspace_->open_parent(top_.str("outside"), "secret.txt").has_value());
}

// A folder and a link to the outside trade places all the time; whatever is read is from inside.
TEST_F(WorkspaceTest, NeverReadsOutsideWhileALinkRacesIn) {
  top_.write("root/race/secret.txt", "inside\n");
  top_.link("root/race_link", "../outside");
  top_.link("root/file_link", "../outside/secret.txt");
  top_.write("root/file", "inside\n");
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    const int root = ::open(top_.str("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    while (!stop) {
      ::renameat2(root, "race", root, "race_link", RENAME_EXCHANGE);
      ::renameat2(root, "file", root, "file_link", RENAME_EXCHANGE);
    }
    ::close(root);
  });
  int inside = 0;
  int refused = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < end) {
    for (const char* file : {"race/secret.txt", "file"}) {
      const auto snapshot = workspace_->read("", file);
      if (snapshot) {
        EXPECT_EQ(snapshot->text.bytes(), "inside\n");
      }
      (snapshot ? inside : refused) += 1;
    }
  }
  stop = true;
  swapper.join();
  EXPECT_GT(inside, 0);
  EXPECT_GT(refused, 0);
}

// A writer appends all the time; a snapshot's hash is always that of one moment's bytes.
TEST_F(WorkspaceTest, ReadsOneMomentOfAFileThatIsBeingWritten) {
  const std::string old_bytes(900, 'a');
  const std::string new_bytes(900, 'b');
  top_.write("root/busy", old_bytes);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    const int fd = ::open(top_.str("root/busy").c_str(), O_WRONLY | O_CLOEXEC);
    for (int i = 0; !stop; ++i) {
      EXPECT_EQ(::pwrite(fd, (i % 2 == 0 ? new_bytes : old_bytes).data(), 900, 0), 900);
      std::this_thread::yield();
    }
    ::close(fd);
  });
  for (int i = 0; i < 2000; ++i) {
    const auto snapshot = workspace_->read("", "busy");
    if (snapshot) {
      EXPECT_TRUE(snapshot->text.bytes() == old_bytes || snapshot->text.bytes() == new_bytes);
    } else {
      EXPECT_EQ(snapshot.error().code, ErrorCode::kFileChanged);
    }
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace cromwell::workspace
