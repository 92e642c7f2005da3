#include "base/name_giver.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <vector>

#include "base/file_descriptor.h"
#include "base/name_claim.h"
#include "base/process.h"
#include "base/temporary_name.h"
#include "test_folder.h"

namespace sfumato {
namespace {

// Answers of file systems that do not have a call.
template <int kError>
int refuse(int, const char*, int, const char*) {
  errno = kError;
  return -1;
}

constexpr auto kNoExchange = [](const char*, const char*) { return -1; };
const NamingCalls kAll = system_naming_calls();
const NamingCalls kLinks = {.rename_no_replace = &refuse<EINVAL>, .link = kAll.link, .exchange = kNoExchange};
const NamingCalls kRclone = {.rename_no_replace = &refuse<EINVAL>, .link = &refuse<ENOSYS>, .exchange = kNoExchange};
const NamingCalls kS3fs = {.rename_no_replace = &refuse<ENOSYS>, .link = &refuse<EPERM>, .exchange = kNoExchange};
const NamingCalls kGcsfuse = {
    .rename_no_replace = &refuse<EINVAL>, .link = &refuse<EOPNOTSUPP>, .exchange = kNoExchange};
const NamingCalls kOldNames = {.rename_no_replace = &refuse<ENOSYS>, .link = &refuse<EMLINK>, .exchange = kNoExchange};

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

struct FileSystem {
  const char* name;
  const NamingCalls* calls;
  NamingWay way;
};

class NameGiverTest : public ::testing::TestWithParam<FileSystem> {
 protected:
  [[nodiscard]] bool give(const std::string& from, const std::string& to) {
    return giver_.give(folder_.get(), from, folder_.get(), to);
  }

  std::filesystem::path path_ = test_folder();
  FileDescriptor folder_{open(path_.c_str(), O_PATH | O_DIRECTORY)};
  NameGiver giver_{*GetParam().calls};
};

TEST_P(NameGiverTest, GivesAFreeName) {
  write_file(path_ / "part", "whole");
  EXPECT_FALSE(giver_.way_in(path_).has_value());
  EXPECT_TRUE(give("part", "a.png"));
  EXPECT_EQ(read_file(path_ / "a.png"), "whole");
  EXPECT_EQ(names_in(path_), std::vector<std::string>{"a.png"});
  EXPECT_EQ(giver_.way_in(path_), GetParam().way);
}

TEST_P(NameGiverTest, ReplacesNothing) {
  for (const char* content : {"mine", ""}) {
    write_file(path_ / "part", "whole");
    write_file(path_ / "a.png", content);
    EXPECT_FALSE(give("part", "a.png"));
    EXPECT_EQ(errno, EEXIST);
    EXPECT_EQ(read_file(path_ / "a.png"), content);
    EXPECT_EQ(names_in(path_), (std::vector<std::string>{"a.png", "part"}));
  }
  std::filesystem::create_symlink("nowhere", path_ / "link.png");
  EXPECT_FALSE(give("part", "link.png"));
  EXPECT_EQ(errno, EEXIST);
  EXPECT_TRUE(std::filesystem::is_symlink(path_ / "link.png"));
}

TEST_P(NameGiverTest, LeavesNothingIfItFails) {
  EXPECT_FALSE(give("absent", "a.png"));
  EXPECT_EQ(errno, ENOENT);
  EXPECT_TRUE(names_in(path_).empty());
}

TEST_P(NameGiverTest, GivesANameToAnEmptyFile) {
  write_file(path_ / "part", "");
  EXPECT_TRUE(give("part", "a.png"));
  EXPECT_EQ(names_in(path_), std::vector<std::string>{"a.png"});
}

INSTANTIATE_TEST_SUITE_P(FileSystems, NameGiverTest,
                         ::testing::Values(FileSystem{"Local", &kAll, NamingWay::rename},
                                           FileSystem{"Links", &kLinks, NamingWay::link},
                                           FileSystem{"Rclone", &kRclone, NamingWay::claim},
                                           FileSystem{"S3fs", &kS3fs, NamingWay::claim},
                                           FileSystem{"Gcsfuse", &kGcsfuse, NamingWay::claim},
                                           FileSystem{"OldNames", &kOldNames, NamingWay::claim}),
                         [](const auto& test) { return test.param.name; });

// The record of a claim by a process of this host that does not exist.
std::string dead_record() { return ".sfumato-" + this_process().host + "-999999999.1-0.claim"; }

TEST(NameClaim, OfAKilledProcessBlocksNoName) {
  const std::filesystem::path path = test_folder();
  const FileDescriptor folder(open(path.c_str(), O_PATH | O_DIRECTORY));
  write_file(path / "part", "whole");
  write_file(path / "a.png", "");
  write_file(path / dead_record(), "a.png");
  NameGiver giver(kRclone);
  EXPECT_TRUE(giver.give(folder.get(), "part", folder.get(), "a.png"));
  EXPECT_EQ(read_file(path / "a.png"), "whole");
  EXPECT_EQ(names_in(path), std::vector<std::string>{"a.png"});
}

TEST(NameClaim, OfAKilledProcessIsRemovedWithItsEmptyFile) {
  const std::filesystem::path path = test_folder();
  write_file(path / "a.png", "");
  write_file(path / dead_record(), "a.png");
  EXPECT_EQ(remove_stale_temporaries(path), 1);
  EXPECT_TRUE(names_in(path).empty());
}

TEST(NameClaim, TakesAwayNothingWithAContentAndNothingOutside) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path path = root / "out";
  std::filesystem::create_directories(path / "sub");
  write_file(path / "a.png", "mine");
  write_file(path / "sub" / "empty", "");
  write_file(root / "empty", "");
  std::filesystem::create_symlink("../empty", path / "link");
  for (const std::string& name : {std::string("a.png"), std::string("../empty"), (root / "empty").string(),
                                  std::string("sub/empty"), std::string("link"), std::string("sub"), std::string()}) {
    write_file(path / dead_record(), name);
    EXPECT_EQ(remove_stale_temporaries(path), 1) << name;
  }
  EXPECT_EQ(names_in(path), (std::vector<std::string>{"a.png", "link", "sub"}));
  EXPECT_TRUE(std::filesystem::exists(root / "empty"));
  EXPECT_TRUE(std::filesystem::exists(path / "sub" / "empty"));
}

TEST(NameClaim, OfALivingProcessIsWaitedFor) {
  const std::filesystem::path path = test_folder();
  const FileDescriptor folder(open(path.c_str(), O_PATH | O_DIRECTORY));
  write_file(path / "mine", "mine");
  write_file(path / "theirs", "theirs");
  write_file(path / "a.png", "");
  const std::string record = temporary_name(7, TemporaryKind::claim);
  write_file(path / record, "a.png");
  std::thread other([&] {
    std::filesystem::rename(path / "theirs", path / "a.png");
    std::filesystem::remove(path / record);
  });
  NameGiver giver(kRclone);
  EXPECT_FALSE(giver.give(folder.get(), "mine", folder.get(), "a.png"));
  EXPECT_EQ(errno, EEXIST);
  other.join();
  EXPECT_EQ(read_file(path / "a.png"), "theirs");
}

}  // namespace
}  // namespace sfumato
