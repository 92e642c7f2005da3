#include "bundle/check_model_inputs.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

TEST(CheckModelInputs, WantsAMaskForAModelThatPaintsIntoPictures) {
  ModelConfig model;
  GenerateOptions options;
  EXPECT_NO_THROW(check_model_inputs(options, model));
  model.inpainting = true;
  options.init.image.path = "fox.png";
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `mask`: this model paints into pictures, where a mask says. Give `init_img` and `mask`.");
  options.inpaint.mask.path = "mask.png";
  EXPECT_NO_THROW(check_model_inputs(options, model));
}

TEST(CheckModelInputs, AModelGetsTheMapThatItDrawsFromAndNoOther) {
  ModelConfig model;
  GenerateOptions options;
  check_model_inputs(options, model);
  options.map.segmap.path = "map.png";
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `segmap`: this model does not draw from maps. Take one that does, such as emoji-map.");
  model.segmap = SegmapConfig{.classes = "classes.json", .channels = 36};
  check_model_inputs(options, model);
  options.map.segmap.path = "";
  EXPECT_EQ(
      error_of([&] { check_model_inputs(options, model); }),
      "usage: `segmap`: this model draws from a map: give `segmap`, or `map_scale` 0 to draw from the prompt alone.");
  options.map.scale = 0;
  check_model_inputs(options, model);
  options.map.scale = 1;
  model.segmap->optional = true;
  EXPECT_NO_THROW(check_model_inputs(options, model));
}

}  // namespace
}  // namespace sfumato
