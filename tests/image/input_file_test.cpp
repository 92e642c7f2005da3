#include "image/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

constexpr const char* kDigestOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

std::string text_of(const InputFile& file) {
  const auto bytes = read_input(file);
  return {bytes->begin(), bytes->end()};
}

std::string refusal(const std::string& path) {
  return error_of([&] { (void)input_file(path); });
}

TEST(InputFile, IsKnownByItsDigest) {
  const std::string path = test_folder() / "abc";
  write_file(path, "abc");
  const InputFile file = input_file(path);
  EXPECT_EQ(file.path, path);
  EXPECT_EQ(file.sha256, kDigestOfAbc);
  EXPECT_EQ(file.bytes, nullptr);
  EXPECT_EQ(text_of(file), "abc");
}

TEST(InputFile, MustBeTheSameWhenItIsReadAgain) {
  const std::string path = test_folder() / "a.png";
  write_file(path, "abc");
  const InputFile file = input_file(path);
  write_file(path, "abd");
  EXPECT_EQ(error_of([&] { (void)read_input(file); }),
            "bad_data: " + path + ": the file has changed since the run began.");
  std::filesystem::remove(path);
  EXPECT_EQ(error_of([&] { (void)read_input(file); }), "input_missing: " + path + ": No such file or directory.");
}

TEST(InputFile, IsReadUncheckedWithoutADigest) {
  const std::string path = test_folder() / "a.png";
  write_file(path, "abc");
  const InputFile file{.path = path};
  EXPECT_EQ(text_of(file), "abc");
  write_file(path, "abd");
  EXPECT_EQ(text_of(file), "abd");
  write_file(path, "");
  EXPECT_EQ(error_of([&] { (void)read_input(file); }),
            "bad_data: " + path + ": the file is empty. Give a PNG or a JPEG.");
}

TEST(InputFile, IsReadOnceFromAPipeWithoutADigest) {
  const std::string path = test_folder() / "pipe";
  mkfifo(path.c_str(), 0600);
  std::thread writer([&] { write_file(path, "abc"); });
  EXPECT_EQ(text_of({.path = path}), "abc");
  writer.join();
  EXPECT_EQ(text_of({.path = path}), "abc");  // no one writes a second time
}

TEST(InputFile, MayBeAPipeAndIsKeptThen) {
  const std::string path = test_folder() / "pipe";
  mkfifo(path.c_str(), 0600);
  std::thread writer([&] { write_file(path, "abc"); });
  const InputFile file = input_file(path);
  writer.join();
  EXPECT_EQ(file.sha256, kDigestOfAbc);
  EXPECT_EQ(text_of(file), "abc");
  EXPECT_EQ(text_of(input_file(path)), "abc");  // no one writes a second time
}

TEST(InputFile, IsRefusedInOneSentence) {
  const std::string folder = test_folder();
  write_file(folder + "/empty\x1b", "");
  EXPECT_EQ(refusal(folder + "/empty\x1b"),
            "bad_data: " + folder + "/empty\\x1b: the file is empty. Give a PNG or a JPEG.");
  EXPECT_EQ(refusal(folder), "input_missing: " + folder + ": is a folder; a file is expected.");
  EXPECT_EQ(refusal(folder + "/absent"), "input_missing: " + folder + "/absent: No such file or directory.");
  EXPECT_EQ(refusal("/dev/zero"), "input_missing: /dev/zero: is a device; give a file.");
  EXPECT_EQ(shown(InputFile{.path = "-"}), "standard input");
}

TEST(InputFile, BeyondTheLimitIsNotRead) {
  const std::string path = test_folder() / "sparse";
  write_file(path, "");
  std::filesystem::resize_file(path, (std::uintmax_t{256} << 20) + 1);
  EXPECT_EQ(refusal(path), "bad_data: " + path + ": 268435457 bytes, at most 268435456 are read.");
}

}  // namespace
}  // namespace sfumato
