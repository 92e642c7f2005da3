#include "base/open_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

std::string refusal(const std::filesystem::path& path, Links links = Links::follow) {
  return error_of([&] { (void)open_file(path, ErrorKind::input_missing, links); });
}

TEST(OpenFile, OpensARegularFileAlsoThroughALink) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "a", "text");
  std::filesystem::create_symlink("a", folder / "link");
  char text[5] = "";
  const FileDescriptor file = open_file(folder / "link", ErrorKind::input_missing);
  EXPECT_EQ(read(file.get(), text, 4), 4);
  EXPECT_STREQ(text, "text");
  EXPECT_NE(fcntl(file.get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(OpenFile, SaysWhyNot) {
  const std::filesystem::path folder = test_folder();
  const std::string where = "input_missing: " + folder.string();
  write_file(folder / "a", "text");
  std::filesystem::create_symlink("a", folder / "link");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder / "none"), where + "/none: No such file or directory.");
  EXPECT_EQ(refusal(folder), where + ": is a folder; a file is expected.");
  EXPECT_EQ(refusal(folder / "pipe"), where + "/pipe: is a named pipe; a regular file is expected.");
  EXPECT_EQ(refusal(folder / "link", Links::refuse), where + "/link: is a symbolic link; a regular file is expected.");
  EXPECT_EQ(refusal("/dev/zero"), "input_missing: /dev/zero: is a device; a regular file is expected.");
}

TEST(OpenFile, RefusesANulInThePath) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "a", "text");
  const std::string name = (folder / "a").string() + std::string("\0b", 2);
  EXPECT_FALSE(try_open_file(name).file);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(try_open_file(name).reason, "a NUL in the path");
}

TEST(OpenFile, RefusesASocket) {
  // A socket's path has at most 107 bytes.
  const std::filesystem::path path = std::filesystem::path("/tmp") / ("sfumato-socket-" + std::to_string(getpid()));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const FileDescriptor socket_file(socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(bind(socket_file.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string error = refusal(path);
  std::filesystem::remove(path);
  EXPECT_EQ(error, "input_missing: " + path.string() + ": is a socket; a regular file is expected.");
}

TEST(TryOpenFile, KeepsErrno) {
  const OpenResult none = try_open_file(test_folder() / "none");
  EXPECT_EQ(errno, ENOENT);
  EXPECT_FALSE(none.file);
  EXPECT_EQ(none.reason, "No such file or directory");
}

TEST(OpenStream, DoesNotWaitForAWriterAndReadsWhatItWrites) {
  const std::filesystem::path path = test_folder() / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const FileDescriptor pipe = open_stream(path, ErrorKind::input_missing);
  const std::jthread writer([&] { write_file(path, "words"); });
  wait_until_readable(pipe.get());
  char text[6] = "";
  EXPECT_EQ(read(pipe.get(), text, 5), 5);
  EXPECT_STREQ(text, "words");
}

TEST(OpenStream, RefusesAFolder) {
  const std::filesystem::path folder = test_folder();
  EXPECT_EQ(error_of([&] { (void)open_stream(folder, ErrorKind::bad_data); }),
            "bad_data: " + folder.string() + ": is a folder; a file is expected.");
}

}  // namespace
}  // namespace sfumato
