#include "jobs/input_files.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/png.h"
#include "test_folder.h"

namespace sfumato {
namespace {

class InputFilesTest : public ::testing::Test {
 protected:
  std::string picture(const std::string& name, int width, int height) {
    const Image image{.width = width,
                      .height = height,
                      .rgb = std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), 128)};
    const std::vector<std::uint8_t> png = encode_png(image, {});
    write_file(folder_ / name, std::string(png.begin(), png.end()));
    return (folder_ / name).string();
  }

  // "64x32"
  static std::string size(GenerateOptions options, InputFiles::Sides explicit_sides = {}) {
    InputFiles().complete(options, explicit_sides, 8);
    return std::to_string(options.width) + "x" + std::to_string(options.height);
  }

  std::filesystem::path folder_ = test_folder();
};

TEST_F(InputFilesTest, KnowTheirDigests) {
  GenerateOptions options = {.init = {.image = {.path = picture("a.png", 8, 8)}}};
  InputFiles().complete(options, {}, 8);
  EXPECT_EQ(options.init.image.sha256.size(), 64U);
  const std::string before = options.init.image.sha256;
  (void)picture("a.png", 16, 8);
  options.init.image.sha256.clear();
  InputFiles().complete(options, {}, 8);
  EXPECT_NE(options.init.image.sha256, before);
}

// As that of a picture that --from-image takes.
TEST_F(InputFilesTest, HoldAFileToTheDigestItComesWith) {
  const std::string path = picture("a.png", 8, 8);
  GenerateOptions options = {.init = {.image = {.path = path}}};
  InputFiles files;
  files.complete(options, {}, 8);
  files.complete(options, {}, 8);
  options.init.image.sha256 = std::string(64, 'a');
  const std::string changed = "bad_data: " + path + ": the file has changed since the run began.";
  EXPECT_EQ(error_of([&] { files.complete(options, {}, 8); }), changed);
  EXPECT_EQ(error_of([&] { InputFiles().complete(options, {}, 8); }), changed);
}

TEST_F(InputFilesTest, GiveAPictureTheSizeOfTheOneItStartsFrom) {
  EXPECT_EQ(size({.init = {.image = {.path = picture("a.png", 64, 32)}}}), "64x32");
  EXPECT_EQ(size({.init = {.image = {.path = picture("b.png", 67, 29)}}}), "64x32");
  EXPECT_EQ(size({.init = {.image = {.path = picture("c.png", 1, 68)}}}), "8x72");
  EXPECT_EQ(size({.map = {.segmap = {.path = picture("a.png", 64, 32)}}}), "64x32");
  EXPECT_EQ(size({.init = {.image = {.path = picture("d.png", 40, 40)}},
                  .map = {.segmap = {.path = picture("a.png", 64, 32)}}}),
            "40x40");
}

TEST_F(InputFilesTest, KeepTheProportionsOfALargeOne) {
  EXPECT_EQ(size({.init = {.image = {.path = picture("wide.png", 8192, 24)}}}), "4096x16");
}

TEST_F(InputFilesTest, LeaveExplicitSides) {
  const std::string path = picture("a.png", 64, 32);
  EXPECT_EQ(size({.width = 96, .height = 96, .init = {.image = {.path = path}}}, {.width = true, .height = true}),
            "96x96");
  EXPECT_EQ(size({.width = 128, .height = 96, .init = {.image = {.path = path}}}, {.width = true}), "128x64");
  EXPECT_EQ(size({.width = 128, .height = 16, .init = {.image = {.path = path}}}, {.height = true}), "32x16");
  EXPECT_EQ(size({.width = 128, .height = 128}), "128x128") << "there is no picture";
}

TEST_F(InputFilesTest, WorkOnAPartInTheModelsOwnSize) {
  const std::string path = picture("a.png", 64, 32);
  EXPECT_EQ(size({.width = 128,
                  .height = 128,
                  .init = {.image = {.path = path}},
                  .inpaint = {.mask = {.path = path}, .area = InpaintArea::mask}}),
            "128x128");
}

TEST_F(InputFilesTest, FindTheMaskOfAPictureInAFolder) {
  GenerateOptions options = {.init = {.image = {.path = picture("fox.png", 8, 8)}},
                             .inpaint = {.mask = {.path = folder_.string()}}};
  EXPECT_EQ(error_of([&] { InputFiles().complete(options, {}, 8); }),
            "input_missing: " + folder_.string() + ": has no mask for " + folder_.string() +
                "/fox.png: fox_mask.png or fox.png is expected.");
  const std::string mask = picture("fox_mask.png", 8, 8);
  InputFiles().complete(options, {}, 8);
  EXPECT_EQ(options.inpaint.mask.path, mask);
  std::filesystem::create_directories(folder_ / "masks");
  options.inpaint.mask = {.path = (folder_ / "masks").string()};
  const std::string other = picture("masks/fox.png", 8, 8);
  InputFiles().complete(options, {}, 8);
  EXPECT_EQ(options.inpaint.mask.path, other);
}

TEST_F(InputFilesTest, AreNotTheStandardInputThatHasThePrompts) {
  GenerateOptions options = {.init = {.image = {.path = "-"}}};
  EXPECT_EQ(error_of([&] { InputFiles(/*stdin_is_taken=*/true).complete(options, {}, 8); }),
            "usage: -: standard input gives the prompts, so it cannot be a picture too.");
}

}  // namespace
}  // namespace sfumato
