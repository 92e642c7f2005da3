#include "base/temporary_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/file_lock.h"
#include "base/temporary_name.h"
#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(TemporaryFile, IsRemovedUnlessItIsRenamed) {
  const std::filesystem::path folder = test_folder();
  {
    TemporaryFile file(folder, folder / "a");
    file.write(bytes_of("half"));
    EXPECT_TRUE(std::filesystem::exists(folder / temporary_name(0)));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  {
    TemporaryFile file(folder, folder / "a");
    file.write(bytes_of("who"));
    file.write(bytes_of("le"));
    file.sync();
    EXPECT_TRUE(file.rename_to("a", /*overwrite=*/false));
  }
  EXPECT_EQ(read_file(folder / "a"), "whole");
  EXPECT_FALSE(std::filesystem::exists(folder / temporary_name(0)));
}

TEST(TemporaryFile, IsLockedUntilItIsClosedWhateverItsName) {
  const std::filesystem::path folder = test_folder();
  const auto lock_of = [](const std::filesystem::path& path) {
    return try_lock(FileDescriptor(open(path.c_str(), O_RDONLY)).get(), LockMode::shared);
  };
  FileDescriptor released;
  {
    TemporaryFile file(folder, folder / "a");
    EXPECT_EQ(lock_of(folder / temporary_name(0)), LockResult::held);
    EXPECT_TRUE(file.rename_to("a", false));
    released = file.release();
  }
  EXPECT_EQ(lock_of(folder / "a"), LockResult::held);
  released = FileDescriptor();
  EXPECT_EQ(lock_of(folder / "a"), LockResult::locked);
}

TEST(TemporaryFile, TakesTheNextNameIfAKilledProcessOfThisIdLeftOne) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / temporary_name(0), "left");
  const TemporaryFile file(folder, folder / "a");
  EXPECT_TRUE(std::filesystem::exists(folder / temporary_name(1)));
  EXPECT_EQ(read_file(folder / temporary_name(0)), "left");
}

TEST(TemporaryFile, NamesTheTargetInErrors) {
  const std::filesystem::path folder = test_folder() / "absent";
  EXPECT_EQ(error_of([&] { TemporaryFile(folder, folder / "a"); }),
            "cannot_create: " + (folder / "a").string() + ": cannot be created: No such file or directory.");
}

}  // namespace
}  // namespace sfumato
