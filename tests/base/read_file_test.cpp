#include "base/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

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
  EXPECT_EQ(error_of([&] { (void)read_file(path, 4); }), "65: " + path.string() + ": 5 bytes, at most 4 are read.");
}

TEST(ReadFile, SaysWhyAFileCannotBeRead) {
  const std::filesystem::path folder = testing::TempDir();
  EXPECT_EQ(error_of([&] { (void)read_file(folder / "absent\x1b", 4); }),
            "66: " + (folder / "absent\\x1b").string() + ": No such file or directory.");
  EXPECT_EQ(error_of([] { (void)read_file("/", 4); }), "66: /: is a folder; a file is wanted.");
}

TEST(ReadFile, DoesNotWaitForANamedPipe) {
  const std::filesystem::path pipe = std::filesystem::path(testing::TempDir()) / "read_file_pipe";
  mkfifo(pipe.c_str(), 0600);
  EXPECT_EQ(error_of([&] { (void)read_file(pipe, 4); }), "66: " + pipe.string() + ": not a regular file.");
}

}  // namespace
}  // namespace sfumato
