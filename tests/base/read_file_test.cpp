#include "base/read_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "error_of.h"

namespace sfumato {
namespace {

std::filesystem::path file_with(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ReadFile, GivesEveryByte) {
  const auto path = file_with("read_file_bytes", std::string("a\0\xff\n", 4));
  EXPECT_EQ(read_file(path, 4), (std::vector<std::uint8_t>{'a', 0, 0xFF, '\n'}));
  EXPECT_TRUE(read_file(file_with("read_file_empty", ""), 4).empty());
}

TEST(ReadFile, RefusesAFileBeyondTheLimit) {
  const auto path = file_with("read_file_long", "12345");
  EXPECT_EQ(error_of([&] { (void)read_file(path, 4); }),
            "bad_data: " + path.string() + ": 5 bytes, at most 4 are read.");
}

TEST(ReadFile, SaysWhyAFileCannotBeRead) {
  const std::filesystem::path folder = testing::TempDir();
  EXPECT_EQ(error_of([&] { (void)read_file(folder / "absent\x1b", 4); }),
            "input_missing: " + (folder / "absent\\x1b").string() + ": No such file or directory.");
  EXPECT_EQ(error_of([] { (void)read_file("/", 4); }), "input_missing: /: is a folder; a file is expected.");
}

TEST(ReadFile, DoesNotWaitForANamedPipe) {
  const std::filesystem::path pipe = std::filesystem::path(testing::TempDir()) / "read_file_pipe";
  mkfifo(pipe.c_str(), 0600);
  EXPECT_EQ(error_of([&] { (void)read_file(pipe, 4); }),
            "input_missing: " + pipe.string() + ": is a named pipe; a regular file is expected.");
}

TEST(ReadStream, GivesWhatComesThroughAPipe) {
  const std::string text(100000, 'a');
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    close(ends[1]);
  });
  EXPECT_EQ(read_stream(ends[0], 100000, "x").size(), 100000U);
  writer.join();
  close(ends[0]);
}

TEST(ReadStream, EndsAtTheLimit) {
  const int zeros = open("/dev/zero", O_RDONLY);
  EXPECT_EQ(error_of([&] { (void)read_stream(zeros, 100000, "x"); }),
            "bad_data: x: more than the 100000 bytes that are read.");
  close(zeros);
  EXPECT_EQ(error_of([&] { (void)read_stream(-1, 100000, "x"); }), "input_missing: x: Bad file descriptor.");
}

}  // namespace
}  // namespace sfumato
