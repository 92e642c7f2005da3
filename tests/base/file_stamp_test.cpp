#include "base/file_stamp.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "test_folder.h"

namespace sfumato {
namespace {

TEST(FileIdentity, ShowsAnOverwriteThatKeepsSizeAndTime) {
  const std::filesystem::path file = test_folder() / "weights";
  write_file(file, "abcd");
  const std::optional<FileIdentity> before = identity_of_file(file);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(before->stamp.bytes, 4U);
  EXPECT_EQ(identity_of_file(file), before);
  const auto time = std::filesystem::last_write_time(file);
  FileIdentity after = *before;
  // The clock of a file system may stand still for some milliseconds.
  while (after.status_changed == before->status_changed) {
    write_file(file, "efgh");
    std::filesystem::last_write_time(file, time);
    after = identity_of_file(file).value_or(FileIdentity{});
  }
  EXPECT_EQ(after.stamp, before->stamp);
  EXPECT_NE(after, *before);
}

TEST(FileIdentity, ShowsAReplacement) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "a", "abcd");
  write_file(folder / "b", "abcd");
  EXPECT_NE(identity_of_file(folder / "a"), identity_of_file(folder / "b"));
  EXPECT_FALSE(identity_of_file(folder).has_value());
  EXPECT_FALSE(identity_of_file(folder / "c").has_value());
}

}  // namespace
}  // namespace sfumato
