#include "base/cpu.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace cromwell::base {
namespace {

namespace fs = std::filesystem;

// A made-up /sys and /proc.
class CountUsableCores : public testing::Test {
 protected:
  CountUsableCores() {
    std::string name = (fs::temp_directory_path() / "cromwell_cpu_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~CountUsableCores() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << "\n";
  }
  void siblings(int cpu, const std::string& list) {
    write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/core_cpus_list", list);
  }
  int count(const std::vector<int>& cpus) const {
    return count_usable_cores(cpus, root_ / "sys", root_ / "proc");
  }

  fs::path root_;
};

TEST_F(CountUsableCores, CountsEachAllowedCpuWhereNothingCanBeRead) {
  EXPECT_EQ(count({0, 1, 5}), 3);
}

TEST_F(CountUsableCores, CountsHyperThreadsOfOneCoreOnce) {
  siblings(0, "0,4");
  siblings(4, "0,4");
  siblings(1, "1,5");
  siblings(5, "1,5");
  EXPECT_EQ(count({0, 1, 4, 5}), 2);
  EXPECT_EQ(count({0, 4}), 1);
}

TEST_F(CountUsableCores, ReadsTheOlderNameOfTheSiblingList) {
  write("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0-1");
  write("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "0-1");
  EXPECT_EQ(count({0, 1}), 1);
}

TEST_F(CountUsableCores, RespectsTheQuotaOfCgroupVersion2) {
  write("proc/self/cgroup", "0::/user.slice/app.service");
  write("sys/fs/cgroup/user.slice/app.service/cpu.max", "250000 100000");
  EXPECT_EQ(count({0, 1, 2, 3}), 2);
}

TEST_F(CountUsableCores, RespectsTheQuotaOfAGroupAbove) {
  write("proc/self/cgroup", "0::/user.slice/app.service");
  write("sys/fs/cgroup/user.slice/app.service/cpu.max", "max 100000");
  write("sys/fs/cgroup/user.slice/cpu.max", "100000 100000");
  EXPECT_EQ(count({0, 1, 2, 3}), 1);
}

// Inside a container the path is the host's and only the mount's root is there.
TEST_F(CountUsableCores, RespectsTheQuotaAtTheMountOfAContainer) {
  write("proc/self/cgroup", "0::/../../docker/0123");
  write("sys/fs/cgroup/cpu.max", "300000 100000");
  EXPECT_EQ(count({0, 1, 2, 3}), 3);
}

TEST_F(CountUsableCores, RespectsTheQuotaOfCgroupVersion1) {
  write("proc/self/cgroup", "4:cpu,cpuacct:/docker/0123");
  write("sys/fs/cgroup/cpu,cpuacct/docker/0123/cpu.cfs_quota_us", "200000");
  write("sys/fs/cgroup/cpu,cpuacct/docker/0123/cpu.cfs_period_us", "100000");
  EXPECT_EQ(count({0, 1, 2, 3}), 2);
}

TEST_F(CountUsableCores, TakesMinusOneOfVersion1AsNoLimit) {
  write("proc/self/cgroup", "4:cpu:/");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(count({0, 1, 2, 3}), 4);
}

TEST_F(CountUsableCores, IsOneUnderAQuotaBelowOne) {
  write("proc/self/cgroup", "0::/");
  write("sys/fs/cgroup/cpu.max", "20000 100000");
  EXPECT_EQ(count({0, 1}), 1);
}

TEST_F(CountUsableCores, IgnoresDamagedFiles) {
  write("proc/self/cgroup", "nonsense");
  write("sys/fs/cgroup/cpu.max", "lots");
  EXPECT_EQ(count({0, 1}), 2);
}

TEST(AllowedCpus, AreThoseOfTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  const std::vector<int> cpus = allowed_cpus();
  EXPECT_EQ(static_cast<int>(cpus.size()), CPU_COUNT(&before));
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(cpus.back()), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(allowed_cpus(), std::vector<int>{cpus.back()});
  sched_setaffinity(0, sizeof before, &before);
}

TEST(CpuFeatures, AnAvx512MachineHasAvx2Too) {
  const CpuFeatures features = detect_cpu_features();
  EXPECT_TRUE(!features.avx512f || (features.avx2 && features.fma && features.f16c));
}

class DetectCacheSizes : public CountUsableCores {
 protected:
  void cache(int index, const std::string& level, const std::string& type, const std::string& size,
             const std::string& cpus) {
    const std::string folder =
        "sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    write(folder + "level", level);
    write(folder + "type", type);
    write(folder + "size", size);
    write(folder + "shared_cpu_list", cpus);
  }
  CacheSizes detect() const { return detect_cache_sizes(root_ / "sys"); }
};

TEST_F(DetectCacheSizes, GivesEachCoreItsPartOfASharedCache) {
  cache(0, "1", "Data", "48K", "0,8");
  cache(1, "1", "Instruction", "32K", "0,8");
  cache(2, "2", "Unified", "2048K", "0,8");
  cache(3, "3", "Unified", "32M", "0-15");
  EXPECT_EQ(detect().l1_data, std::size_t{48} << 10);
  EXPECT_EQ(detect().l2, std::size_t{2} << 20);
  EXPECT_EQ(detect().l3, std::size_t{4} << 20);
}

TEST_F(DetectCacheSizes, KeepsTheDefaultForWhatCannotBeRead) {
  EXPECT_EQ(detect().l2, CacheSizes{}.l2);
  cache(0, "1", "Data", "many", "0");
  cache(1, "2", "Unified", "1024K", "none");
  cache(2, "deep", "Unified", "1024K", "0");
  EXPECT_EQ(detect().l1_data, CacheSizes{}.l1_data);
  EXPECT_EQ(detect().l2, std::size_t{1} << 20);
  EXPECT_EQ(detect().l3, CacheSizes{}.l3);
}

}  // namespace
}  // namespace cromwell::base
