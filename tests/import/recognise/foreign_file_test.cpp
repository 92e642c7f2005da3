#include "import/recognise/foreign_file.h"

#include <gtest/gtest.h>

#include "bundle/safetensors_file.h"
#include "error_of.h"

namespace sfumato {
namespace {

using namespace std::string_literals;

std::string error_in(const std::string& file) {
  return error_of([&] { refuse_foreign(std::as_bytes(std::span(file)), "x"); });
}

TEST(ForeignFile, LetsSafetensorsPass) {
  EXPECT_EQ(error_in(safetensors_file("{}", "")), "no error");
  // A header whose length looks like another format's first bytes: 0x6c is 'l', 0x7b22 is "\"{".
  EXPECT_EQ(error_in(safetensors_file(std::string(0x7b22, ' ').replace(0, 1, "{"), "")), "no error");
  EXPECT_EQ(error_in(safetensors_file(std::string(0x0280, ' ').replace(0, 1, "{"), "")), "no error");
}

TEST(ForeignFile, NamesPicklesAndHowToConvertThem) {
  const std::string wanted =
      "bad_data: x: a PyTorch checkpoint (.ckpt, .pt, .bin), which is a pickle. Loading a pickle runs whatever program "
      "it "
      "holds, "
      "so pickles are never read. Take the model's .safetensors file, or, if you trust where it comes from, convert it "
      "with "
      "scripts/export/pickle_to_safetensors.py IN OUT.";
  EXPECT_EQ(error_in("PK\x03\x04"s + std::string(26, '\0') + "archive/data.pkl" + std::string(100, '.')), wanted);
  EXPECT_EQ(error_in("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19."s), wanted);
  EXPECT_EQ(error_in("\x80\x04\x95"s), wanted);
}

TEST(ForeignFile, TellsProgramsAndOtherArchivesFromPickles) {
  EXPECT_NE(
      error_in("PK\x03\x04"s + std::string(26, '\0') + "unet/data.pkl, unet/code/__torch__/x.py").find("TorchScript"),
      std::string::npos);
  EXPECT_NE(error_in("PK\x03\x04"s + std::string(26, '\0') + "holiday.jpg").find("a zip archive"), std::string::npos);
}

TEST(ForeignFile, NamesTheOthers) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"\x89HDF\r\n\x1a\n", "an HDF5 file"},
      {"\x93NUMPY", "a NumPy array"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:...", "a Git LFS pointer"},
      {"<!DOCTYPE html><html>", "a web page"},
      {"{\"error\":\"Invalid credentials\"}", "a JSON text"},
      {"\x1f\x8b\x08", "gzip"},
      {"\x89PNG\r\n\x1a\n", "a PNG picture"},
      {std::string(257, 'n') + "ustar\0"s, "a tar archive"},
      {"", "is empty"},
  };
  for (const auto& [content, what] : files) {
    const std::string error = error_in(content);
    EXPECT_TRUE(error.starts_with("bad_data: x: ")) << error;
    EXPECT_NE(error.find(what), std::string::npos) << what << " in " << error;
  }
}

TEST(ForeignFile, LeavesTheUnknownToOthers) {
  EXPECT_EQ(error_in("1234567"), "no error");
  EXPECT_EQ(error_in(std::string(300, '\0')), "no error");
}

}  // namespace
}  // namespace sfumato
