#include "base/durable_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "base/file_descriptor.h"
#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

TEST(FailToWrite, NamesTheFileAndTheReason) {
  EXPECT_EQ(error_of([] { fail_to_write(ErrorKind::cannot_create, "a\x1b.png", "cannot be created", EACCES); }),
            "cannot_create: a\\x1b.png: cannot be created: Permission denied.");
}

TEST(FailToWrite, AdvisesOnAFullDisk) {
  EXPECT_EQ(error_of([] { fail_to_write(ErrorKind::cannot_create, "a", "cannot be created", ENOSPC); }),
            "io_error: a: cannot be created: No space left on device. Free some space and run the same command again.");
}

TEST(WriteAll, SaysThatADiskIsFull) {
  const FileDescriptor full(open("/dev/full", O_WRONLY));
  EXPECT_EQ(error_of([&] { write_all(full.get(), std::as_bytes(std::span("abc")), "x/a.bin"); }),
            "io_error: x/a.bin: cannot be written: No space left on device. Free some space and run the same command "
            "again.");
}

TEST(FolderOf, IsTheWorkingFolderForAPlainName) {
  EXPECT_EQ(folder_of("a.png"), ".");
  EXPECT_EQ(folder_of("out/a.png"), "out");
  EXPECT_EQ(folder_of("/a.png"), "/");
}

TEST(RenameFile, ReplacesOnlyOnRequest) {
  const std::filesystem::path path = test_folder();
  const FileDescriptor folder(open(path.c_str(), O_PATH));
  write_file(path / "new", "new");
  write_file(path / "old", "old");
  EXPECT_FALSE(rename_file(folder.get(), "new", "old", /*overwrite=*/false, "x"));
  EXPECT_EQ(read_file(path / "old"), "old");
  EXPECT_TRUE(rename_file(folder.get(), "new", "old", /*overwrite=*/true, "x"));
  EXPECT_EQ(read_file(path / "old"), "new");
  EXPECT_TRUE(rename_file(folder.get(), "old", "free", /*overwrite=*/false, "x"));
  EXPECT_EQ(error_of([&] { (void)rename_file(folder.get(), "absent", "y", false, "out/x"); }),
            "io_error: out/x: cannot be created: No such file or directory.");
}

TEST(FileDescriptor, ClosesTheFileOnce) {
  int number = -1;
  {
    FileDescriptor first(open("/dev/null", O_RDONLY));
    ASSERT_TRUE(first);
    number = first.get();
    FileDescriptor second(std::move(first));
    EXPECT_EQ(second.get(), number);
    EXPECT_NE(fcntl(number, F_GETFD), -1);
    second = FileDescriptor();
    EXPECT_EQ(fcntl(number, F_GETFD), -1) << "closed by the assignment";
    EXPECT_FALSE(second);
  }
}

}  // namespace
}  // namespace sfumato
