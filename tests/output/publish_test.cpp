#include "output/publish.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::vector<std::uint8_t> kOld = {'o', 'l', 'd'};
const std::vector<std::uint8_t> kNew = {'n', 'e', 'w', '!'};

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

// No file of this process grows beyond so many bytes: how a full disk looks to one process. SIGXFSZ is ignored as in
// the program.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(Publish, WritesTheFileAndNothingElse) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "a.png", kNew, /*overwrite=*/false);
  EXPECT_EQ(read_file(folder / "a.png"), "new!");
  EXPECT_EQ(names_in(folder), std::vector<std::string>{"a.png"});
}

TEST(Publish, DoesNotReplaceAFile) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "a.png", kOld, false);
  EXPECT_EQ(error_of([&] { publish(folder / "a.png", kNew, false); }),
            "cannot_create: " + (folder / "a.png").string() +
                ": is there already. Give another `output`, or add `overwrite`.");
  EXPECT_EQ(read_file(folder / "a.png"), "old");
  EXPECT_EQ(names_in(folder), std::vector<std::string>{"a.png"});
}

TEST(Publish, ReplacesAFileWhenAsked) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "a.png", kOld, false);
  publish(folder / "a.png", kNew, true);
  EXPECT_EQ(read_file(folder / "a.png"), "new!");
  EXPECT_EQ(names_in(folder), std::vector<std::string>{"a.png"});
}

TEST(Publish, DoesNotWriteThroughASymbolicLink) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "target", kOld, false);
  std::filesystem::create_symlink(folder / "target", folder / "link.png");
  EXPECT_TRUE(error_of([&] { publish(folder / "link.png", kNew, false); }).starts_with("cannot_create: "));
  publish(folder / "link.png", kNew, true);
  EXPECT_EQ(read_file(folder / "target"), "old");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "link.png"));
}

TEST(Publish, LeavesNothingBehindWhenTheDiskIsFull) {
  const std::filesystem::path folder = test_folder();
  const std::vector<std::uint8_t> large(10'000, 'x');
  std::string error;
  {
    const FileSizeLimit limit(4096);
    error = error_of([&] { publish(folder / "a.png", large, false); });
  }
  EXPECT_EQ(error, "io_error: " + (folder / "a.png").string() +
                       ": cannot be written: File too large. Free some space and run the same command again.");
  EXPECT_TRUE(names_in(folder).empty());
}

TEST(Publish, KeepsTheOldFileWhenTheNewOneCannotBeWritten) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "a.png", kOld, false);
  {
    const FileSizeLimit limit(2);
    EXPECT_TRUE(error_of([&] { publish(folder / "a.png", kNew, true); }).starts_with("io_error: "));
  }
  EXPECT_EQ(read_file(folder / "a.png"), "old");
  EXPECT_EQ(names_in(folder), std::vector<std::string>{"a.png"});
}

// A process that was killed leaves its temporary file; in containers the next one has the same id.
TEST(Publish, IsNotStoppedByATemporaryFileOfADeadProcess) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / (".sfumato-" + std::to_string(getpid()) + ".part"), "half");
  EXPECT_EQ(error_of([&] { publish(folder / "a.png", kNew, false); }), "no error");
  EXPECT_EQ(read_file(folder / "a.png"), "new!");
}

TEST(Publish, RefusesAFolderThatIsNotThere) {
  const std::filesystem::path target = test_folder() / "nowhere" / "a.png";
  EXPECT_EQ(error_of([&] { publish(target, kNew, false); }),
            "cannot_create: " + target.string() + ": cannot be created: No such file or directory.");
}

TEST(CheckPublishable, CreatesTheFolder) {
  const std::filesystem::path folder = test_folder();
  check_publishable(folder / "a" / "b" / "c.png", false);
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a" / "b"));
  EXPECT_TRUE(names_in(folder / "a" / "b").empty());
}

TEST(CheckPublishable, TakesANameInTheWorkingFolder) {
  EXPECT_EQ(error_of([] { check_publishable("a-name-that-nobody-has.png", false); }), "no error");
}

TEST(CheckPublishable, RefusesAFileThatIsThereUnlessItMayBeReplaced) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "a.png", kOld, false);
  EXPECT_EQ(error_of([&] { check_publishable(folder / "a.png", false); }),
            "cannot_create: " + (folder / "a.png").string() +
                ": is there already. Give another `output`, or add `overwrite`.");
  EXPECT_EQ(error_of([&] { check_publishable(folder / "a.png", true); }), "no error");
}

TEST(CheckPublishable, RefusesALinkToNowhere) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_symlink("nowhere", folder / "a.png");
  EXPECT_TRUE(error_of([&] { check_publishable(folder / "a.png", false); }).starts_with("cannot_create: "));
}

TEST(CheckPublishable, RefusesAFileWhereAFolderIsWanted) {
  const std::filesystem::path folder = test_folder();
  publish(folder / "file", kOld, false);
  EXPECT_EQ(
      error_of([&] { check_publishable(folder / "file" / "a.png", false); }),
      "cannot_create: " + (folder / "file").string() + ": is not a folder and cannot be made one: Not a directory.");
  EXPECT_EQ(error_of([&] { check_publishable(folder / "file" / "more" / "a.png", false); }),
            "cannot_create: " + (folder / "file" / "more").string() +
                ": is not a folder and cannot be made one: Not a directory.");
}

TEST(CheckPublishable, RefusesAFolderWhereAFileIsWanted) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / "a.png");
  EXPECT_EQ(error_of([&] { check_publishable(folder / "a.png", true); }),
            "cannot_create: " + (folder / "a.png").string() + ": is a folder. End it in / to put pictures into it.");
}

TEST(CheckPublishable, RefusesAFolderWhoseNameIsTooLong) {
  const std::filesystem::path folder = test_folder() / std::string(256, 'a');
  EXPECT_EQ(error_of([&] { check_publishable(folder / "a.png", false); }),
            "cannot_create: " + folder.string() + ": is not a folder and cannot be made one: File name too long.");
}

TEST(CheckPublishable, RefusesAFolderThatCannotBeWrittenTo) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write to every folder";
  const std::filesystem::path folder = test_folder();
  std::filesystem::permissions(folder, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(error_of([&] { check_publishable(folder / "a.png", false); }),
            "cannot_create: " + folder.string() + ": cannot be written to: Permission denied.");
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
}

}  // namespace
}  // namespace sfumato
