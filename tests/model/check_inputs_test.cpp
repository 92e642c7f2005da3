#include "model/check_inputs.h"

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
            "64: --mask: this model paints into pictures, where a mask says. Give --init-img and --mask.");
  options.mask.path = "mask.png";
  EXPECT_NO_THROW(check_inputs(options, model));
}

}  // namespace
}  // namespace sfumato
