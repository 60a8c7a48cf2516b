#include "base/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace cromwell::base {
namespace {

namespace fs = std::filesystem;

// A made-up /sys and /proc.
class AvailableMemory : public testing::Test {
 protected:
  AvailableMemory() {
    std::string name = (fs::temp_directory_path() / "cromwell_memory_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~AvailableMemory() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << "\n";
  }
  void system_has(const std::string& kilobytes) {
    write("proc/meminfo",
          "MemTotal:  8000000 kB\nMemFree: 5 kB\nMemAvailable: " + kilobytes + " kB");
  }
  std::size_t bytes() const { return available_memory(root_ / "sys", root_ / "proc"); }

  fs::path root_;
};

TEST_F(AvailableMemory, IsNothingWhereNothingCanBeRead) { EXPECT_EQ(bytes(), 0U); }

TEST_F(AvailableMemory, IsWhatTheSystemCouldGive) {
  system_has("2048");
  EXPECT_EQ(bytes(), std::size_t{2} << 20);
}

TEST_F(AvailableMemory, IsLimitedByTheGroupAndThoseAboveIt) {
  system_has("2048");
  write("proc/self/cgroup", "0::/user.slice/app.service");
  write("sys/fs/cgroup/user.slice/app.service/memory.max", "max");
  write("sys/fs/cgroup/user.slice/app.service/memory.current", "1000");
  EXPECT_EQ(bytes(), std::size_t{2} << 20);
  write("sys/fs/cgroup/user.slice/memory.max", "5000");
  write("sys/fs/cgroup/user.slice/memory.current", "1000");
  EXPECT_EQ(bytes(), 4000U);
}

TEST_F(AvailableMemory, IsLimitedByAGroupOfAHybridMount) {
  system_has("2048");
  write("proc/self/cgroup", "1:name=systemd:/app\n0::/app");
  write("sys/fs/cgroup/unified/app/memory.max", "6000");
  write("sys/fs/cgroup/unified/app/memory.current", "1000");
  EXPECT_EQ(bytes(), 5000U);
}

TEST_F(AvailableMemory, IsLimitedByAGroupOfCombinedControllers) {
  system_has("2048");
  write("proc/self/cgroup", "4:cpu,memory:/app");
  write("sys/fs/cgroup/cpu,memory/app/memory.limit_in_bytes", "7000");
  write("sys/fs/cgroup/cpu,memory/app/memory.usage_in_bytes", "4000");
  EXPECT_EQ(bytes(), 3000U);
}

TEST_F(AvailableMemory, IsLimitedByAGroupOfVersion1) {
  system_has("2048");
  write("proc/self/cgroup", "4:memory:/app");
  write("sys/fs/cgroup/memory/app/memory.limit_in_bytes", "7000");
  write("sys/fs/cgroup/memory/app/memory.usage_in_bytes", "9000");
  EXPECT_EQ(bytes(), 0U);
}

}  // namespace
}  // namespace cromwell::base
