// A program is run so that it can write only to its folder, has no network, and ends.
#include "base/confined_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "base/landlock.h"
#include "tests/fakes/temp_folder.h"

namespace cromwell::base {
namespace {

class ConfinedProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    if (landlock_abi() < 3) GTEST_SKIP() << "this kernel has Landlock ABI " << landlock_abi();
    std::filesystem::create_directory(top_.path() / "scratch");
    top_.write("outside.txt", "as it was");
  }

  ProcessOutcome shell(const std::string& script, ConfinedProcess limits = {}) {
    limits.arguments = {"sh", "-c", script};
    limits.folder = top_.str("scratch");
    return run_confined(limits);
  }

  tests::TempFolder top_;
};

TEST_F(ConfinedProcessTest, GivesWhatItPrintedAndItsStatus) {
  const auto outcome = shell("echo out; echo err >&2; exit 7");
  EXPECT_TRUE(outcome.ran) << outcome.output;
  EXPECT_EQ(outcome.status, 7);
  EXPECT_EQ(outcome.output, "out\nerr\n");
  EXPECT_EQ(shell("kill -9 $$").status, 128 + 9);
}

TEST_F(ConfinedProcessTest, WritesToItsFolderAlone) {
  const auto outcome = shell("echo mine > here; mkdir sub; echo x > sub/y; echo z >> '" +
                             top_.str("outside.txt") + "'; echo w > '" + top_.str("new.txt") +
                             "'; rm '" + top_.str("outside.txt") + "'; truncate -s 0 '" +
                             top_.str("outside.txt") + "'; mv here ../here; ln ../outside.txt got");
  EXPECT_TRUE(outcome.ran);
  EXPECT_EQ(top_.read("scratch/here"), "mine\n");
  EXPECT_EQ(top_.read("scratch/sub/y"), "x\n");
  EXPECT_EQ(top_.read("outside.txt"), "as it was");
  EXPECT_FALSE(std::filesystem::exists(top_.path() / "new.txt"));
  EXPECT_FALSE(std::filesystem::exists(top_.path() / "here"));
}

TEST_F(ConfinedProcessTest, HasNoSockets) {
  for (const char* family : {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}) {
    const auto outcome = run_confined({.arguments = {"python3", "-c",
                                                     std::string("import socket; socket.socket("
                                                                 "socket.") +
                                                         family + ")"},
                                       .folder = top_.str("scratch")});
    EXPECT_TRUE(outcome.ran) << outcome.output;
    EXPECT_NE(outcome.status, 0);
    EXPECT_NE(outcome.output.find("PermissionError"), std::string::npos) << outcome.output;
  }
}

TEST_F(ConfinedProcessTest, IsStoppedWhenItsTimeIsOver) {
  const auto outcome = shell("echo begun; sleep 100", {.time = std::chrono::milliseconds(300)});
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.output, "begun\n");
}

TEST_F(ConfinedProcessTest, LeavesNothingRunning) {
  const auto outcome = shell(
      "setsid sh -c 'echo $$ > pid; sleep 100' >/dev/null 2>&1 & while [ ! -s pid ]; do :; "
      "done");
  EXPECT_TRUE(outcome.ran);
  EXPECT_FALSE(outcome.timed_out);
  const pid_t left = std::stoi(top_.read("scratch/pid"));
  EXPECT_EQ(::kill(left, 0), -1) << "process " << left << " lives";
}

TEST_F(ConfinedProcessTest, CutsWhatIsTooMuch) {
  const auto outcome = shell("head -c 100000 /dev/zero | tr '\\0' x", {.max_output_bytes = 1000});
  EXPECT_EQ(outcome.output, std::string(1000, 'x'));
  EXPECT_EQ(outcome.status, 0);
  const auto filled = shell("head -c 100000 /dev/zero > big", {.max_file_bytes = 5000});
  EXPECT_NE(filled.status, 0);
  EXPECT_EQ(std::filesystem::file_size(top_.path() / "scratch/big"), 5000U);
}

TEST_F(ConfinedProcessTest, SaysWhyAProgramDoesNotRun) {
  const auto outcome =
      run_confined({.arguments = {"no-such-program"}, .folder = top_.str("scratch")});
  EXPECT_FALSE(outcome.ran);
  EXPECT_EQ(outcome.output, "no-such-program: No such file or directory");
  EXPECT_FALSE(run_confined({.arguments = {"true"}, .folder = top_.str("none")}).ran);
}

}  // namespace
}  // namespace cromwell::base
