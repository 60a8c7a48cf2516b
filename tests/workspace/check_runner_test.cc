// The user's checks: how they are written, and how they run.
#include "workspace/check_runner.h"

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "base/landlock.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::workspace {
namespace {

using Texts = std::vector<std::string>;

TEST(CheckCommand, IsALanguageAndItsProgram) {
  const auto command = parse_check("python=/usr/bin/ruff check  --select 'E F' {file}");
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(command->language, "python");
  EXPECT_EQ(command->name, "ruff");
  EXPECT_EQ(command->arguments, (Texts{"/usr/bin/ruff", "check", "--select", "E F", "{file}"}));
}

TEST(CheckCommand, TakesQuotedAndEmptyArguments) {
  EXPECT_EQ(parse_check("c=cc \"\" -D'A B' '{file}'")->arguments,
            (Texts{"cc", "", "-DA B", "{file}"}));
}

TEST(CheckCommand, PutsTheFileInPlaceAsOneArgument) {
  const auto command = *parse_check("c=cc -o={file}.o {file} x");
  EXPECT_EQ(arguments_for(command, "./a; rm b.c"),
            (Texts{"cc", "-o=./a; rm b.c.o", "./a; rm b.c", "x"}));
}

TEST(CheckCommand, RefusesWhatIsNone) {
  for (const char* text : {"", "python", "=x {file}", "python=", "python=ruff check", "python='x",
                           "py thon=x {file}", "python={file}", "python=\"{file}"}) {
    EXPECT_FALSE(parse_check(text).has_value()) << text;
  }
}

class CheckRunnerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (base::landlock_abi() < 3) GTEST_SKIP() << "this kernel cannot confine a check";
  }

  std::shared_ptr<CheckRunner> start(const Texts& commands, CheckLimits limits = {}) {
    std::vector<CheckCommand> parsed;
    for (const std::string& text : commands) parsed.push_back(*parse_check(text));
    auto runner = CheckRunner::start(std::move(parsed), top_.str("checks"), limits);
    EXPECT_TRUE(runner.has_value()) << runner.error().message;
    return *runner;
  }

  tests::TempFolder top_;
};

TEST_F(CheckRunnerTest, RunsEachCheckOfTheLanguageOnACopy) {
  const auto runner =
      start({"python=grep -c good {file}", "python=sh -c 'cat {file}; exit 3'", "c=false {file}"});
  const auto results = runner->run("src/a b.py", "python", "good\nbad\n");
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].name, "grep");
  EXPECT_EQ(results[0].status, CheckStatus::kPassed) << results[0].output;
  EXPECT_EQ(results[0].output, "1\n");
  EXPECT_EQ(results[1].status, CheckStatus::kFailed);
  EXPECT_TRUE(runner->run("a.go", "go", "").empty());
  EXPECT_TRUE(std::filesystem::is_empty(top_.path() / "checks"));
}

TEST_F(CheckRunnerTest, NeverTakesAFilesNameForAnOption) {
  const auto results = start({"c=cat {file}"})->run("--help", "c", "its text\n");
  EXPECT_EQ(results[0].output, "its text\n");
}

TEST_F(CheckRunnerTest, SkipsAProgramThatIsNotThere) {
  const auto runner = start({"c=no-such-checker {file}", "c=true {file}"});
  const auto results = runner->run("a.c", "c", "x");
  EXPECT_EQ(results[0].status, CheckStatus::kSkipped);
  EXPECT_EQ(results[0].output, "no-such-checker: No such file or directory");
  EXPECT_EQ(results[1].status, CheckStatus::kPassed);
}

TEST_F(CheckRunnerTest, FailsACheckThatDoesNotEnd) {
  const auto results =
      start({"c=sh -c 'echo begun; sleep 100' {file}"}, {.time = std::chrono::milliseconds(300)})
          ->run("a.c", "c", "x");
  EXPECT_EQ(results[0].status, CheckStatus::kFailed);
  EXPECT_EQ(results[0].output, "begun\n\n(stopped after 300 ms)");
}

TEST_F(CheckRunnerTest, WritesNothingOutsideTheScratchFolder) {
  top_.write("precious", "as it was");
  const auto runner = start({"c=cp {file} ../../precious", "c=sh -c 'echo x > $0.o' {file}"});
  const auto results = runner->run("a.c", "c", "pwned");
  EXPECT_EQ(results[0].status, CheckStatus::kFailed);
  EXPECT_EQ(results[1].status, CheckStatus::kPassed) << results[1].output;
  EXPECT_EQ(top_.read("precious"), "as it was");
  for (const char* out : {"../escape", "/tmp/escape", "a/../../escape"}) {
    EXPECT_EQ(runner->run(out, "c", "x")[0].status, CheckStatus::kSkipped) << out;
  }
}

TEST_F(CheckRunnerTest, TakesLargeFiles) {
  const auto results = start({"c=wc -c {file}"})->run("a.c", "c", std::string(4 << 20, 'x'));
  EXPECT_TRUE(results[0].output.starts_with("4194304")) << results[0].output;
}

TEST_F(CheckRunnerTest, SkipsWhenItsHelperHasEnded) {
  const auto runner = start({"c=true {file}", "c=true {file}"});
  const std::string own = std::to_string(::getpid());
  std::ifstream children("/proc/" + own + "/task/" + own + "/children");
  pid_t helper = 0;
  if (!(children >> helper)) GTEST_SKIP() << "this kernel does not list children";
  ASSERT_EQ(::kill(helper, SIGKILL), 0);
  const auto results = runner->run("a.c", "c", "x");
  for (const auto& result : results) EXPECT_EQ(result.status, CheckStatus::kSkipped);
}

TEST_F(CheckRunnerTest, IsNotKilledByACheck) {
  if (base::landlock_abi() < 6) GTEST_SKIP() << "this kernel does not confine signals";
  const std::string all = "kill -9 $PPID " + std::to_string(::getpid());
  const auto runner = start(
      {"c=sh -c '" + all + "' {file}", "c=sh -c 'sleep 100 & kill -9 $!' {file}", "c=true {file}"});
  const auto results = runner->run("a.c", "c", "x");
  EXPECT_EQ(results[0].status, CheckStatus::kFailed);
  EXPECT_NE(results[0].output.find("not permitted"), std::string::npos) << results[0].output;
  EXPECT_EQ(results[1].status, CheckStatus::kPassed) << results[1].output;
  EXPECT_EQ(results[2].status, CheckStatus::kPassed) << results[2].output;
}

TEST_F(CheckRunnerTest, EndsWhatRunsAndPassesNothingOnceStopped) {
  const auto runner = start({"c=sh -c 'exec sleep 1000' {file}", "c=true {file}"},
                            {.time = std::chrono::milliseconds(3'600'000)});
  auto running = std::async(std::launch::async, [&] { return runner->run("a.c", "c", "x"); });
  while (std::filesystem::is_empty(top_.path() / "checks")) std::this_thread::yield();
  runner->stop();
  for (const auto& result : running.get()) {
    EXPECT_EQ(result.status, CheckStatus::kFailed);
    EXPECT_EQ(result.output, "the service is stopping");
  }
}

}  // namespace
}  // namespace cromwell::workspace
