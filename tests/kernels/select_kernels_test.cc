#include <cstdlib>
#include <optional>

#include "tests/kernels/support.h"

namespace cromwell::kernels {
namespace {

// Sets CROMWELL_ISA for the life of a test.
class SelectKernels : public testing::Test {
 protected:
  SelectKernels() {
    if (const char* value = std::getenv("CROMWELL_ISA")) before_ = value;
  }
  ~SelectKernels() override {
    before_ ? setenv("CROMWELL_ISA", before_->c_str(), 1) : unsetenv("CROMWELL_ISA");
  }
  std::optional<std::string> before_;
};

TEST_F(SelectKernels, TakesTheBestWithoutTheVariable) {
  unsetenv("CROMWELL_ISA");
  EXPECT_EQ(*select_kernels(), available_kernels().front());
}

TEST_F(SelectKernels, TakesTheOneThatTheVariableNames) {
  for (const Kernels* table : available_kernels()) {
    setenv("CROMWELL_ISA", table->name, 1);
    EXPECT_EQ(*select_kernels(), table);
  }
}

TEST_F(SelectKernels, RefusesAnUnknownNameAndListsThoseItHas) {
  setenv("CROMWELL_ISA", "mmx", 1);
  const auto result = select_kernels();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("\"mmx\""), std::string::npos);
  for (const Kernels* table : available_kernels()) {
    EXPECT_NE(result.error().message.find(table->name), std::string::npos);
  }
}

TEST_F(SelectKernels, AlwaysHasScalarAsTheLastResort) {
  EXPECT_STREQ(available_kernels().back()->name, "scalar");
}

TEST_F(SelectKernels, EveryTableIsCompleteForEveryType) {
  for (const Kernels* table : available_kernels()) {
    for (const WeightType type : kAllTypes) EXPECT_NE(table->matmul(type), nullptr) << table->name;
    EXPECT_EQ(table->matmul(static_cast<WeightType>(99)), nullptr);
  }
}

}  // namespace
}  // namespace cromwell::kernels
