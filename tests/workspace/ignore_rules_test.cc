// Which files are ignored, compared with git itself on generated trees and patterns.
#include "workspace/ignore_rules.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <random>
#include <set>

#include "tests/fakes/temp_folder.h"
#include "workspace/file_walk.h"
#include "workspace/wildmatch.h"

namespace cromwell::workspace {
namespace {

using tests::TempFolder;

std::vector<std::string> walk(const TempFolder& folder, WalkOptions options = {}) {
  const base::FileDescriptor root(::open(folder.str().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const auto files = base::posix_file_system();
  std::vector<std::string> paths;
  for (const WalkedFile& file : walk_files(*files, root, options).files) paths.push_back(file.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string run(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) {
    out.append(buffer, size);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return out;
}

// What git would list, with the user's excludes in place of those of whoever runs the test.
std::vector<std::string> git_walk(const TempFolder& folder, const std::string& excludes) {
  const std::string listed = run("cd '" + folder.str() +
                                 "' && GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null "
                                 "git -c core.quotePath=false -c core.excludesFile='" +
                                 excludes + "' ls-files -z --others --exclude-standard");
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < listed.size();) {
    const std::size_t end = listed.find('\0', i);
    paths.push_back(listed.substr(i, end - i));
    i = end + 1;
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class PatternMaker {
 public:
  explicit PatternMaker(unsigned seed) : random_(seed) {}

  int number(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string name() {
    static const std::vector<std::string> kNames = {"a",  "b",   "ab",  "abc", "a.c", "b.h",
                                                    "ba", "a b", "[a]", "-",   "#a",  "!b"};
    return kNames[static_cast<std::size_t>(number(static_cast<int>(kNames.size())))];
  }
  std::string path(int depth) {
    std::string path = name();
    while (--depth > 0) path = std::string("d").append(name()).append("/").append(path);
    return path;
  }
  std::string file() {
    std::string text;
    for (int i = number(5); i >= 0; --i) text += pattern() + (number(12) == 0 ? "\r\n" : "\n");
    return text;
  }

 private:
  std::string pattern() {
    static const std::vector<std::string> kPieces = {
        "a",   "b",  "c",  "d",    "*",    "**",     "?",       "/",           "/", "/**",
        "**/", ".",  "\\", "[ab]", "[!a]", "[a-c]",  "[^b",     "[[:alpha:]]", " ", "\\ ",
        "da",  "db", "ab", "[]a]", "[a-]", "[\\]a]", "[[:x:]]", "-",           "#", "!"};
    std::string text = number(4) == 0 ? "!" : "";
    if (number(5) == 0) text += "/";
    for (int i = number(4); i >= 0; --i) {
      text += kPieces[static_cast<std::size_t>(number(static_cast<int>(kPieces.size())))];
    }
    if (number(5) == 0) text += "/";
    if (number(8) == 0) text += "  ";
    return text;
  }
  std::mt19937 random_;
};

// CROMWELL_IGNORE_CASES sets how many trees are tried.
TEST(IgnoreRules, AreGitsOnGeneratedTrees) {
  const unsigned seed = std::random_device{}();
  const char* wanted = std::getenv("CROMWELL_IGNORE_CASES");
  const int trees = wanted != nullptr ? std::atoi(wanted) : 60;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::printf("seed %u\n", seed);
  PatternMaker make(seed);
  int judged = 0;
  for (int i = 0; i < trees; ++i) {
    TempFolder folder;
    TempFolder user;
    run("git -C '" + folder.str() + "' init -q .");
    for (int k = 0; k < 14; ++k) {
      const std::string path = make.path(1 + make.number(4));
      std::error_code blocked;
      std::filesystem::create_directories(folder.path() / std::filesystem::path(path).parent_path(),
                                          blocked);
      if (!blocked && !std::filesystem::is_directory(folder.path() / path)) folder.write(path, "");
    }
    folder.write(".gitignore", make.file());
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename();
      if (entry.is_directory() && name != ".git") folder.write(name + "/.gitignore", make.file());
    }
    if (make.number(3) == 0) folder.write(".git/info/exclude", make.file());
    user.write("excludes", make.number(3) == 0 ? make.file() : "");
    const auto ours = walk(folder, {.user_excludes = user.read("excludes")});
    const auto gits = git_walk(folder, user.str("excludes"));
    judged += 14;
    if (ours == gits) continue;
    std::string rules;
    for (const std::string& entry : folder.entries()) {
      if (entry.ends_with(".gitignore") || entry == ".git/info/exclude") {
        rules += entry + ":\n" + folder.read(entry);
      }
    }
    ASSERT_EQ(ours, gits) << "tree " << i << "\n" << rules << "user:\n" << user.read("excludes");
  }
  std::printf("%d trees, %d paths\n", trees, judged);
}

TEST(IgnoreRules, WorkOutsideARepositoryToo) {
  TempFolder folder;
  folder.write(".gitignore", "*.log\n!keep.log\nout/\n");
  folder.write("a.log", "");
  folder.write("keep.log", "");
  folder.write("out/x.c", "");
  folder.write("sub/.gitignore", "!a.log\n/y\n");
  folder.write("sub/a.log", "");
  folder.write("sub/y", "");
  folder.write("sub/z/y", "");
  EXPECT_THAT(walk(folder), testing::ElementsAre(".gitignore", "keep.log", "sub/.gitignore",
                                                 "sub/a.log", "sub/z/y"));
}

TEST(IgnoreRules, CromwellignoreHasTheLastWordInItsFolder) {
  TempFolder folder;
  folder.write(".gitignore", "generated.c\n");
  folder.write(".cromwellignore", "!generated.c\nprivate/\n");
  folder.write("generated.c", "");
  folder.write("private/x.c", "");
  EXPECT_THAT(walk(folder), testing::ElementsAre(".cromwellignore", ".gitignore", "generated.c"));
}

TEST(FileWalk, LeavesOutLinksSpecialFilesSecretsAndGit) {
  TempFolder folder;
  folder.write("a.c", "");
  folder.write(".git/config", "");
  folder.write("sub/.env.local", "");
  folder.write("server.pem", "");
  folder.link("link.c", "a.c");
  folder.link("loop", ".");
  ASSERT_EQ(::mkfifo(folder.str("pipe").c_str(), 0600), 0);
  EXPECT_THAT(walk(folder), testing::ElementsAre("a.c"));
}

TEST(FileWalk, StopsAtItsLimits) {
  TempFolder folder;
  folder.write("a", "");
  folder.write("b", "");
  folder.write("c/d/e", "");
  EXPECT_EQ(walk(folder, {.limits = {.files = 1}}).size(), 1U);
  EXPECT_THAT(walk(folder, {.limits = {.depth = 1}}), testing::ElementsAre("a", "b"));
}

TEST(Wildmatch, TakesAHostilePatternInTime) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  EXPECT_FALSE(wildmatch(pattern + "b", std::string(1000, 'a')));
}

}  // namespace
}  // namespace cromwell::workspace
