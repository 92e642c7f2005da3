#include "base/temporary_name.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/file_descriptor.h"
#include "base/process.h"
#include "test_folder.h"

namespace sfumato {
namespace {

constexpr auto kTwoDays = std::chrono::hours(48);

// Of a process of this host that does not exist: identifiers end before 2^22.
std::string dead_name(int attempt) {
  return ".sfumato-" + this_process().host + "-999999999-" + std::to_string(attempt) + ".part";
}

void make_old(const std::filesystem::path& path) {
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - kTwoDays);
}

TEST(TemporaryName, NamesHostProcessAndAttempt) {
  const ProcessName process = this_process();
  EXPECT_EQ(temporary_name(7), ".sfumato-" + process.host + "-" + std::to_string(process.id) + "." +
                                   std::to_string(process.start) + "-7.part");
}

TEST(RemoveStaleTemporaries, RemovesFilesAndFoldersOfDeadProcesses) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / dead_name(0), "half");
  std::filesystem::create_directories(folder / dead_name(1) / "a" / "b");
  write_file(folder / dead_name(1) / "a" / "b" / "weights", "gigabytes");
  EXPECT_EQ(remove_stale_temporaries(folder), 2);
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(RemoveStaleTemporaries, LeavesWhatIsLockedOrMayBelongToALivingProcess) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / dead_name(0));  // of a process in another container with this host's name
  std::filesystem::create_directory(folder / temporary_name(0));
  std::filesystem::create_directory(folder / ".sfumato-elsewhere-1-0.part");
  std::filesystem::create_directory(folder / ".sfumato-elsewhere-2-0.part");
  std::filesystem::create_directory(folder / ".sfumato-mine.part");
  make_old(folder / ".sfumato-elsewhere-2-0.part");
  make_old(folder / ".sfumato-mine.part");
  {
    const FileDescriptor used(open((folder / dead_name(0)).c_str(), O_RDONLY | O_DIRECTORY));
    ASSERT_TRUE(mark_in_use(used.get()));
    EXPECT_EQ(remove_stale_temporaries(folder), 1) << "that of another host, as it is old";
    EXPECT_FALSE(std::filesystem::exists(folder / ".sfumato-elsewhere-2-0.part"));
  }
  EXPECT_EQ(remove_stale_temporaries(folder), 1) << "once it is not locked";
  EXPECT_TRUE(std::filesystem::exists(folder / temporary_name(0)));
  EXPECT_TRUE(std::filesystem::exists(folder / ".sfumato-elsewhere-1-0.part"));
  EXPECT_TRUE(std::filesystem::exists(folder / ".sfumato-mine.part"));
}

TEST(RemoveStaleTemporaries, RemovesNamesWithoutAHostWhenTheyAreOld) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / ".sfumato-999999999-0.part");
  EXPECT_EQ(remove_stale_temporaries(folder), 0);
  make_old(folder / ".sfumato-999999999-0.part");
  EXPECT_EQ(remove_stale_temporaries(folder), 1);
}

TEST(RemoveStaleTemporaries, TakesADayInTheFutureForADayInThePast) {
  const std::filesystem::path folder = test_folder();
  const std::filesystem::path part = folder / ".sfumato-elsewhere-1.5-0.part";
  write_file(part, "half");
  std::filesystem::last_write_time(part, std::filesystem::file_time_type::clock::now() + kTwoDays);
  EXPECT_EQ(remove_stale_temporaries(folder), 1);
}

TEST(RemoveStaleTemporaries, LeavesWhatIsOldToAProcessThatRuns) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / temporary_name(0));  // of an import that takes days
  make_old(folder / temporary_name(0));
  EXPECT_EQ(remove_stale_temporaries(folder), 0);
}

TEST(RemoveStaleTemporaries, TellsAProcessFromAnEarlierOneWithItsId) {
  const std::filesystem::path folder = test_folder();
  const ProcessName process = this_process();
  write_file(folder / (".sfumato-" + process.host + "-" + std::to_string(process.id) + "." +
                       std::to_string(process.start - 1) + "-0.part"),
             "half");
  EXPECT_EQ(remove_stale_temporaries(folder), 1);
}

TEST(RemoveStaleTemporaries, FollowsNoSymbolicLink) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path folder = root / "models";
  const std::filesystem::path precious = root / "precious";
  std::filesystem::create_directories(folder / dead_name(0));
  std::filesystem::create_directories(precious);
  write_file(precious / "diary", "dear");
  std::filesystem::create_directory_symlink(precious, folder / dead_name(0) / "link");
  std::filesystem::create_directory_symlink(precious, folder / dead_name(1));
  EXPECT_EQ(remove_stale_temporaries(folder), 1);
  EXPECT_EQ(read_file(precious / "diary"), "dear");
  EXPECT_FALSE(std::filesystem::exists(folder / dead_name(0)));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / dead_name(1)));
}

TEST(MarkInUse, FailsForAFileThatAnotherProcessLockedOrRemoved) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "a", "");
  FileDescriptor first(open((folder / "a").c_str(), O_RDWR));
  EXPECT_TRUE(mark_in_use(first.get()));
  const FileDescriptor second(open((folder / "a").c_str(), O_RDWR));
  EXPECT_FALSE(mark_in_use(second.get()));
  std::filesystem::remove(folder / "a");
  first = FileDescriptor();
  EXPECT_FALSE(mark_in_use(second.get()));
}

}  // namespace
}  // namespace sfumato
