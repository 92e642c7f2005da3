#include "base/oom_kills.h"

#include <gtest/gtest.h>

#include <map>

#include "test_folder.h"

namespace sfumato {
namespace {

// Stand-ins for /proc and /sys/fs/cgroup.
class Kernel {
 public:
  explicit Kernel(const std::map<std::string, std::string>& files) : folder_(test_folder()) {
    set("proc/sys/kernel/random/boot_id", "boot-1\n");
    std::filesystem::create_directories(places().cgroup);
    for (const auto& [name, content] : files) set(name, content);
  }
  void set(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, content);
  }
  [[nodiscard]] OomPlaces places() const { return {.proc = folder_ / "proc", .cgroup = folder_ / "cgroup"}; }

 private:
  std::filesystem::path folder_;
};

const std::string kVmstat = "nr_free_pages 5\noom_kill 7\n";

TEST(OomKills, AreThoseOfTheGroupAndOfTheMachine) {
  const Kernel kernel({{"proc/vmstat", kVmstat},
                       {"proc/self/cgroup", "0::/user.slice/app one\n"},
                       {"cgroup/memory.events", "oom_kill 100\n"},
                       {"cgroup/user.slice/app one/memory.events", "low 0\nmax 4\noom 1\noom_kill 2\n"}});
  const std::vector<std::string> counters = oom_counters(kernel.places());
  ASSERT_EQ(counters.size(), 2U);
  EXPECT_TRUE(counters[0].ends_with(" user.slice/app one/memory.events")) << counters[0];
  EXPECT_EQ(counters[1], "boot-1 vmstat");
  EXPECT_EQ(oom_kills(counters[0], kernel.places()), 2U);
  EXPECT_EQ(oom_kills(counters[1], kernel.places()), 7U);
  kernel.set("cgroup/user.slice/app one/memory.events", "oom_kill 3\n");
  EXPECT_EQ(oom_kills(counters[0], kernel.places()), 3U);
}

TEST(OomKills, AreThoseOfTheNextGroupThatIsVisible) {
  const Kernel version_1({{"proc/self/cgroup", "5:cpu:/else\n4:hugetlb,memory:/docker/abc\n0::/\n"},
                          {"cgroup/memory.events", "oom_kill 9\n"},
                          {"cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"}});
  const std::vector<std::string> counters = oom_counters(version_1.places());
  ASSERT_EQ(counters.size(), 1U);
  EXPECT_TRUE(counters[0].ends_with(" memory/memory.oom_control")) << counters[0];
  EXPECT_EQ(oom_kills(counters[0], version_1.places()), 4U);
}

TEST(OomKills, AreNotThoseOfAnotherBootOrOfAnotherGroup) {
  const Kernel kernel(
      {{"proc/vmstat", kVmstat}, {"proc/self/cgroup", "0::/job\n"}, {"cgroup/job/memory.events", "oom_kill 2\n"}});
  const std::vector<std::string> counters = oom_counters(kernel.places());
  ASSERT_EQ(counters.size(), 2U);
  std::filesystem::rename(kernel.places().cgroup / "job", kernel.places().cgroup / "old");
  kernel.set("cgroup/job/memory.events", "oom_kill 5\n");
  EXPECT_FALSE(oom_kills(counters[0], kernel.places())) << "a later group of that name";
  kernel.set("proc/sys/kernel/random/boot_id", "boot-2\n");
  EXPECT_FALSE(oom_kills(counters[1], kernel.places()));
}

TEST(OomKills, AreNotReadFromWhateverAJournalNames) {
  const Kernel kernel({{"secret/memory.events", "oom_kill 5\n"}, {"cgroup/job/tasks", "oom_kill 5\n"}});
  for (const char* name : {"boot-1", "", "boot-1 7 ../secret/memory.events", "boot-1 7 /etc/passwd",
                           "boot-1 7 job/tasks", "boot-1 vmstat"}) {
    EXPECT_FALSE(oom_kills(name, kernel.places())) << name;
  }
}

TEST(OomKills, MayBeUnknown) {
  const std::map<std::string, std::string> none;
  EXPECT_TRUE(oom_counters(Kernel(none).places()).empty());
  const std::map<std::string, std::string> older = {{"proc/vmstat", "nr_free_pages 5\n"}};
  EXPECT_TRUE(oom_counters(Kernel(older).places()).empty());
}

}  // namespace
}  // namespace sfumato
