#include "pipeline/segmap.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/input_file.h"
#include "image/png_bytes.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::vector<MapClass> kLegend = {{"background", 0xffffff}, {"mammal", 0x8d5524}, {"fruit", 0xf94144}};

DecodedImage picture_of(int width, int height, const std::vector<std::uint32_t>& colours) {
  DecodedImage picture{.width = width, .height = height, .rgba = {}, .values = {}, .palette = false, .remarks = {}};
  for (const std::uint32_t colour : colours) {
    for (const int shift : {16, 8, 0}) picture.rgba.push_back(static_cast<std::uint8_t>(colour >> shift));
    picture.rgba.push_back(255);
  }
  return picture;
}

using Classes = std::vector<std::uint8_t>;

TEST(Segmap, ReadsColoursByTheLegend) {
  const SemanticMap map = map_of(picture_of(2, 2, {0xf94144, 0xffffff, 0x8d5524, 0x8d5524}), kLegend, "map.png");
  EXPECT_EQ(map.classes, (Classes{2, 0, 1, 1}));
  EXPECT_EQ(map.note, "");
}

TEST(Segmap, TakesTransparencyForBackground) {
  DecodedImage picture = picture_of(2, 1, {0x123456, 0xf94144});
  picture.rgba[3] = 127;
  picture.rgba[7] = 128;
  EXPECT_EQ(map_of(picture, kLegend, "map.png").classes, (Classes{0, 2}));
}

TEST(Segmap, ListsColoursThatAreNoClassTheMostFrequentFirst) {
  EXPECT_EQ(
      error_of([] { (void)map_of(picture_of(4, 1, {0x8d5525, 0x000000, 0x8d5525, 0xffffff}), kLegend, "map.png"); }),
      "bad_data: map.png: 2 colours are not classes of this model: #8d5525 (2 pixels), #000000 (1 pixel). "
      "`sfumato model PATH` shows the legend; draw with hard edges, and save as PNG.");
}

TEST(Segmap, ListsEightColoursAtMost) {
  std::vector<std::uint32_t> colours;
  for (std::uint32_t colour = 1; colour <= 11; ++colour) colours.push_back(colour);
  const std::string said = error_of([&] { (void)map_of(picture_of(11, 1, colours), kLegend, "map.png"); });
  EXPECT_NE(said.find("11 colours are not classes"), std::string::npos) << said;
  EXPECT_NE(said.find("#000008 (1 pixel) and 3 more."), std::string::npos) << said;
  EXPECT_EQ(said.find("#000009"), std::string::npos) << said;
}

TEST(Segmap, ReadsGreyValuesThatAreClassNumbers) {
  DecodedImage picture = picture_of(3, 1, {0x020202, 0x000000, 0x010101});
  picture.values = {2, 0, 1};
  const SemanticMap map = map_of(picture, kLegend, "map.png");
  EXPECT_EQ(map.classes, (Classes{2, 0, 1}));
  EXPECT_EQ(map.note, "its grey values are read as class numbers");
  picture.values = {2, 0, 3};  // 3 is not a class, so it is a grey picture
  EXPECT_NE(error_of([&] { (void)map_of(picture, kLegend, "map.png"); }), "no error");
}

TEST(Segmap, ReadsAPaletteByItsColoursIfTheLegendHasAny) {
  DecodedImage picture = picture_of(2, 1, {0xf94144, 0x8d5524});
  picture.palette = true;
  picture.values = {0, 1};
  EXPECT_EQ(map_of(picture, kLegend, "map.png").classes, (Classes{2, 1}));
  DecodedImage mixed = picture_of(2, 1, {0xf94144, 0x111111});
  mixed.palette = true;
  mixed.values = {0, 1};
  EXPECT_NE(error_of([&] { (void)map_of(mixed, kLegend, "map.png"); }).find("#111111 (1 pixel)"), std::string::npos);
}

TEST(Segmap, ReadsAPaletteOfOtherColoursByItsIndices) {
  DecodedImage picture = picture_of(2, 1, {0x800000, 0x008000});
  picture.palette = true;
  picture.values = {1, 2};
  const SemanticMap map = map_of(picture, kLegend, "map.png");
  EXPECT_EQ(map.classes, (Classes{1, 2}));
  EXPECT_EQ(map.note, "its palette's indices are read as class numbers");
  picture.values = {1, 3};
  EXPECT_NE(error_of([&] { (void)map_of(picture, kLegend, "map.png"); }), "no error");
}

TEST(Segmap, AveragesOneHotPixelsOverEachLatent) {
  SemanticMap map{.size = {.width = 4, .height = 2},
                  .classes = {0, 1, 2, 2,  //
                              0, 0, 2, 2},
                  .note = {}};
  EXPECT_EQ(class_fraction(map, 3, 2), (std::vector<float>{0.75F, 0, 0.25F, 0, 0, 1}));
}

TEST(Segmap, LaysChannelsRowsAndColumnsInThisOrder) {
  SemanticMap map{.size = {.width = 3, .height = 2},
                  .classes = {0, 1, 1,  //
                              1, 0, 0},
                  .note = {}};
  EXPECT_EQ(class_fraction(map, 2, 1), (std::vector<float>{1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 0, 0}));
}

class SegmapFile : public testing::Test {
 protected:
  // A grey PNG of 4 x 2 pixels in class numbers.
  GenerateOptions options(int width, int height, ImageFit fit) {
    using namespace testing_png;
    const auto file = png(header(4, 2, 8, 0) + pixels(std::string("\0\0\1\2\2\0\0\1\2\2", 10)));
    const auto path = test_folder() / "map.png";
    write_file(path, std::string(file.begin(), file.end()));
    GenerateOptions options;
    options.map.segmap = input_file(path.string());
    options.width = width;
    options.height = height;
    options.fit = fit;
    return options;
  }
};

TEST_F(SegmapFile, IsFittedByTheNearestPixel) {
  const SemanticMap map = read_map(options(8, 2, ImageFit::stretch), kLegend);
  EXPECT_EQ(map.size.width, 8);
  EXPECT_EQ(map.classes, (Classes{0, 0, 1, 1, 2, 2, 2, 2, 0, 0, 1, 1, 2, 2, 2, 2}));
  EXPECT_NE(map.note.find("map.png: its grey values are read as class numbers, 4x2, stretched to 8x2"),
            std::string::npos)
      << map.note;
}

TEST_F(SegmapFile, IsCutInTheMiddle) {
  EXPECT_EQ(read_map(options(2, 2, ImageFit::crop), kLegend).classes, (Classes{1, 2, 1, 2}));
}

TEST_F(SegmapFile, HasBordersOfBackground) {
  EXPECT_EQ(read_map(options(4, 4, ImageFit::pad), kLegend).classes,
            (Classes{0, 0, 0, 0, 0, 1, 2, 2, 0, 1, 2, 2, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace sfumato
