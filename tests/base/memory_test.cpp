#include "base/memory.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <string>

#include "test_folder.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// available_memory_in() of stand-ins for /proc and /sys/fs/cgroup with these files.
std::uint64_t available_with(const std::map<std::string, std::string>& files) {
  const std::filesystem::path folder = test_folder();
  for (const auto& [name, content] : files) {
    std::filesystem::create_directories((folder / name).parent_path());
    write_file(folder / name, content);
  }
  return available_memory_in(folder / "proc", folder / "cgroup");
}

const std::string kMeminfo = "MemTotal:       16000000 kB\nMemFree:  1000 kB\nMemAvailable:    2000000 kB\n";

TEST(Memory, IsWhatTheMachineHas) {
  EXPECT_EQ(available_with({{"proc/meminfo", kMeminfo}}), 2'048'000'000U);
  EXPECT_EQ(available_with({}), kUnlimited);
  EXPECT_EQ(available_with({{"proc/meminfo", "MemAvailable: many kB\n"}}), kUnlimited);
}

TEST(Memory, CountsPageCacheOfAGroupAsFree) {
  EXPECT_EQ(available_with({{"proc/meminfo", kMeminfo},
                            {"proc/self/cgroup", "0::/\n"},
                            {"cgroup/memory.max", "8000\n"},
                            {"cgroup/memory.current", "7900\n"},
                            {"cgroup/memory.stat", "anon 400\nfile 7500\ninactive_file 7000\nactive_file 500\n"}}),
            7600U);
}

TEST(Memory, TakesTheLeastOfNestedGroups) {
  std::map<std::string, std::string> files = {
      {"proc/self/cgroup", "0::/pod/app/worker\n"},     {"cgroup/pod/memory.max", "5000\n"},
      {"cgroup/pod/memory.current", "4000\n"},          {"cgroup/pod/app/memory.max", "max\n"},
      {"cgroup/pod/app/memory.current", "3000\n"},      {"cgroup/pod/app/worker/memory.max", "2500\n"},
      {"cgroup/pod/app/worker/memory.current", "100\n"}};
  EXPECT_EQ(available_with(files), 1000U);
  files["cgroup/pod/app/worker/memory.max"] = "1000\n";
  EXPECT_EQ(available_with(files), 900U);
}

TEST(Memory, ReadsGroupsOfVersion1) {
  EXPECT_EQ(available_with({{"proc/self/cgroup", "5:cpu,cpuacct:/else\n4:hugetlb,memory:/docker/abc\n0::/\n"},
                            {"cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"},
                            {"cgroup/memory/memory.usage_in_bytes", "123456\n"},
                            {"cgroup/memory/docker/abc/memory.limit_in_bytes", "1000\n"},
                            {"cgroup/memory/docker/abc/memory.usage_in_bytes", "900\n"},
                            {"cgroup/memory/docker/abc/memory.stat",
                             "inactive_file 1\nactive_file 1\ntotal_inactive_file 300\ntotal_active_file 50\n"}}),
            450U);
}

TEST(Memory, ReadsTheMountsRootWhereTheGroupIsTheHosts) {
  EXPECT_EQ(available_with({{"proc/self/cgroup", "4:memory:/docker/abc\n"},
                            {"cgroup/memory/memory.limit_in_bytes", "1000\n"},
                            {"cgroup/memory/memory.usage_in_bytes", "900\n"}}),
            100U);
  EXPECT_EQ(available_with({{"proc/self/cgroup", "0::/../other\n"},
                            {"cgroup/memory.max", "1000\n"},
                            {"cgroup/memory.current", "800\n"},
                            {"cgroup/other/memory.max", "1\n"}}),
            200U);
}

TEST(Memory, ReadsBothVersionsSideBySide) {
  std::map<std::string, std::string> files = {{"proc/self/cgroup", "4:memory:/a\n0::/b\n"},
                                              {"cgroup/memory/a/memory.limit_in_bytes", "700\n"},
                                              {"cgroup/memory/a/memory.usage_in_bytes", "0\n"},
                                              {"cgroup/unified/b/memory.max", "800\n"},
                                              {"cgroup/unified/b/memory.current", "0\n"}};
  EXPECT_EQ(available_with(files), 700U);
  files["cgroup/unified/b/memory.max"] = "600\n";
  EXPECT_EQ(available_with(files), 600U);
}

TEST(Memory, TakesNoLimitFromDamagedFiles) {
  const auto with = [](const std::string& groups, const std::string& limit) {
    return available_with({{"proc/meminfo", kMeminfo}, {"proc/self/cgroup", groups}, {"cgroup/memory.max", limit}});
  };
  EXPECT_EQ(with("0::/\n", "max\n"), 2'048'000'000U);
  EXPECT_EQ(with("0::/\n", ""), 2'048'000'000U);
  EXPECT_EQ(with("0::/\n", "-1\n"), 2'048'000'000U);
  EXPECT_EQ(with("0::/\n", "12x\n"), 2'048'000'000U);
  EXPECT_EQ(with("0::/\n", "99999999999999999999999\n"), 2'048'000'000U);
  EXPECT_EQ(with("no colon\n1:memory\n\n0::/a\n", "5000\n"), 5000U) << "usage and stat are missing";
  EXPECT_EQ(with("", "5000\n"), 5000U);
}

TEST(Memory, IsNoneWhereAGroupIsOverItsLimit) {
  EXPECT_EQ(available_with({{"proc/self/cgroup", "0::/\n"},
                            {"cgroup/memory.max", "1000\n"},
                            {"cgroup/memory.current", "1500\n"},
                            {"cgroup/memory.stat", "inactive_file\nactive_file 100 200\n"}}),
            0U);
}

}  // namespace
}  // namespace sfumato
