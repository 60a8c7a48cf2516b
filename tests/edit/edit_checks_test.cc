// An edit and the checks of the user's configuration.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>

#include "base/landlock.h"
#include "tests/edit/edit_fixture.h"

namespace cromwell::edit {
namespace {

class EditChecks : public EditServiceTest {
 protected:
  void SetUp() override {
    if (base::landlock_abi() < 3) GTEST_SKIP() << "this kernel cannot confine a check";
    folder_.write("a.py", "x = 1\n");
  }

  // The helper is forked before the engine's threads start, as the daemon does it.
  std::unique_ptr<EditRecorder> edit_with(const std::string& check, const std::string& answer) {
    ServiceSetup setup;
    setup.options.checks =
        *workspace::CheckRunner::start({*workspace::parse_check(check)}, state_.str("checks"));
    start_service(answer, std::move(setup));
    return run(applied_request());
  }
};

TEST_F(EditChecks, OneThatPassesIsInTheValidation) {
  const auto edit = edit_with("python=grep -n y {file}", "y = 1");
  ASSERT_TRUE(edit->diff.has_value());
  ASSERT_EQ(edit->diff->validation.checks.size(), 1U);
  EXPECT_EQ(edit->diff->validation.checks[0].name, "grep");
  EXPECT_EQ(edit->diff->validation.checks[0].status, workspace::CheckStatus::kPassed);
  EXPECT_EQ(edit->diff->validation.checks[0].output, "1:y = 1\n");
  EXPECT_TRUE(edit->applied.has_value());
}

TEST_F(EditChecks, OneThatFailsRefusesTheEditWithItsOutput) {
  const auto edit = edit_with("python=sh -c 'echo line 1 is bad; exit 2' {file}", "y = 1");
  EXPECT_EQ(edit->code(), base::ErrorCode::kNoValidEdit);
  EXPECT_THAT(edit->failed->error.message, testing::HasSubstr("line 1 is bad"));
  EXPECT_EQ(folder_.read("a.py"), "x = 1\n");
}

TEST_F(EditChecks, OneThatCannotRunIsSkippedAndSaysWhy) {
  const auto edit = edit_with("python=no-such-checker {file}", "y = 1");
  ASSERT_TRUE(edit->diff.has_value());
  EXPECT_EQ(edit->diff->validation.checks[0].status, workspace::CheckStatus::kSkipped);
  EXPECT_THAT(edit->diff->validation.checks[0].output, testing::HasSubstr("no-such-checker"));
}

TEST_F(EditChecks, OneThatTakesLongHoldsUpNoEditOfAnotherLanguage) {
  const std::string pipe = folder_.str("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ServiceSetup setup;
  setup.options.file_threads = 1;
  setup.options.checks = *workspace::CheckRunner::start(
      {*workspace::parse_check("python=sh -c 'cat " + pipe + "' {file}")}, state_.str("checks"));
  folder_.write("b.c", "int x;\n");
  start_service("y = 1", std::move(setup));
  std::atomic<bool> checked_ended = false;
  EditRecorder checked([&](const EditEvent& event) {
    if (std::holds_alternative<EditDone>(event) || std::holds_alternative<EditFailed>(event)) {
      checked_ended = true;
    }
  });
  EditRequest request = request_for_a();
  request.sampling.temperature = 0;
  service_->start(request, checked.sink());
  base::FileDescriptor writer(::open(pipe.c_str(), O_WRONLY));  // waits for the check to read
  request.file = "b.c";
  request.max_tokens = 1;  // whatever the model says of it
  EXPECT_EQ(run(request)->code(), base::ErrorCode::kNoValidEdit);
  EXPECT_FALSE(checked_ended);
  writer.reset();
  checked.wait();
  EXPECT_TRUE(checked.done);
}

TEST_F(EditChecks, OneOfAnotherLanguageDoesNotRun) {
  const auto edit = edit_with("c=false {file}", "y = 1");
  ASSERT_TRUE(edit->diff.has_value());
  EXPECT_TRUE(edit->diff->validation.checks.empty());
}

}  // namespace
}  // namespace cromwell::edit
