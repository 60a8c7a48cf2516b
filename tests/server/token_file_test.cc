// The file of the bearer token: what it may hold, and who may read it.
#include "server/token_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/fakes/temp_folder.h"

namespace cromwell::server {
namespace {

class TokenFile : public testing::Test {
 protected:
  base::Result<std::string> read(const std::string& text, mode_t mode = 0600) const {
    folder_.write("token", text);
    EXPECT_EQ(::chmod(folder_.str("token").c_str(), mode), 0);
    return read_token_file(folder_.str("token"));
  }
  tests::TempFolder folder_;
};

TEST_F(TokenFile, HoldsOneTokenOfAtLeast16Characters) {
  EXPECT_EQ(read("0123456789abcdef\n").value(), "0123456789abcdef");
  EXPECT_EQ(read("  0123456789abcdef\r\n\n").value(), "0123456789abcdef");
  EXPECT_EQ(read(std::string(4096, 'a')).value(), std::string(4096, 'a'));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("\n"));
  EXPECT_FALSE(read("short"));
  EXPECT_FALSE(read("0123456789 abcdef"));
  EXPECT_FALSE(read("0123456789abcdef\nsecond line of it"));
  EXPECT_FALSE(read(std::string(5000, 'a')));
  EXPECT_FALSE(read_token_file(folder_.str("nothing")));
}

TEST_F(TokenFile, ThatOthersMayReadOrChangeIsRefusedAndTheTextSaysWhatToDo) {
  const std::string token = "0123456789abcdef";
  for (const mode_t mode : {0600U, 0400U, 0640U, 0440U}) EXPECT_TRUE(read(token, mode)) << mode;
  for (const mode_t mode : {0604U, 0602U, 0601U, 0660U, 0644U}) {
    const auto refused = read(token, mode);
    ASSERT_FALSE(refused) << mode;
    EXPECT_EQ(refused.error().code, base::ErrorCode::kForbidden);
    EXPECT_NE(refused.error().message.find("chmod 600 " + folder_.str("token")), std::string::npos);
    EXPECT_EQ(refused.error().message.find(token), std::string::npos);
  }
}

}  // namespace
}  // namespace cromwell::server
