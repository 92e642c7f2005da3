#include "bundle/check_inputs.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

TEST(CheckInputs, WantsAMaskForAModelThatPaintsIntoPictures) {
  ModelConfig model;
  GenerateOptions options;
  EXPECT_NO_THROW(check_inputs(options, model));
  model.inpainting = true;
  options.init_img.path = "fox.png";
  EXPECT_EQ(error_of([&] { check_inputs(options, model); }),
            "usage: --mask: this model paints into pictures, where a mask says. Give --init-img and --mask.");
  options.mask.path = "mask.png";
  EXPECT_NO_THROW(check_inputs(options, model));
}

TEST(CheckInputs, AModelGetsTheMapThatItDrawsFromAndNoOther) {
  ModelConfig model;
  GenerateOptions options;
  check_inputs(options, model);
  options.segmap.path = "map.png";
  EXPECT_EQ(error_of([&] { check_inputs(options, model); }),
            "usage: --segmap: this model does not draw from maps. Take one that does, such as emoji-map.");
  model.segmap = SegmapConfig{.classes = "classes.json", .channels = 36};
  check_inputs(options, model);
  options.segmap.path = "";
  EXPECT_EQ(error_of([&] { check_inputs(options, model); }),
            "usage: --segmap: this model draws from a map: give --segmap, or --map-scale 0 to draw from words alone.");
  options.map_scale = 0;
  check_inputs(options, model);
  options.map_scale = 1;
  model.segmap->optional = true;
  EXPECT_NO_THROW(check_inputs(options, model));
}

}  // namespace
}  // namespace sfumato
