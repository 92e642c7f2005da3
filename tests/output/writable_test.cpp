#include "output/writable.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

std::string refusal(const std::filesystem::path& folder, const std::string& name, bool overwrite = false) {
  return error_of([&] { check_picture_name(folder, name, overwrite); });
}

TEST(CheckPictureName, TakesWhatCanBeCreated) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / "there");
  std::filesystem::create_directory_symlink("there", folder / "link");
  for (const char* name : {"a.png", "there/a.png", "link/a.png", "new/newer/a.png", "there/new/a.png"}) {
    EXPECT_EQ(refusal(folder, name), "no error") << name;
  }
  EXPECT_EQ(refusal(folder / "none", "new/a.png"), "no error") << "the folder of the run is created, too";
  EXPECT_EQ(refusal(folder, std::string(251, 'a') + ".png"), "no error");
}

TEST(CheckPictureName, SaysWhatIsInTheWay) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "a.png", "");
  std::filesystem::create_directory(folder / "there");
  EXPECT_EQ(refusal(folder, "a.png/b.png"),
            "usage: `output`: a.png/b.png: " + (folder / "a.png").string() + " is a file, not a folder.");
  const std::string name = std::string(252, 'n') + ".png";
  EXPECT_EQ(refusal(folder, name), "usage: `output`: " + name + ": the name is longer than 255 bytes.");
  EXPECT_EQ(refusal(folder, std::string(256, 'n') + "/a.png"),
            "usage: `output`: " + std::string(256, 'n') + "/a.png: the name is longer than 255 bytes.");
  EXPECT_NE(refusal(folder,
                    [] {
                      std::string deep;
                      for (int i = 0; i < 2048; ++i) deep += "d/";
                      return deep + "a.png";
                    }())
                .find("the path is longer than 4095 bytes."),
            std::string::npos);
  EXPECT_EQ(refusal(folder, "there", /*overwrite=*/true), "usage: `output`: there: is a folder.");
  EXPECT_EQ(refusal(folder, "there"), "no error") << "the picture gets a number";
}

}  // namespace
}  // namespace sfumato
