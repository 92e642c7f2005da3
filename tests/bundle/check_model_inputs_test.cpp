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

TEST(CheckModelInputs, WantsAPictureForARefiner) {
  ModelConfig model;
  model.requires_aesthetics_score = true;
  GenerateOptions options;
  EXPECT_EQ(
      error_of([&] { check_model_inputs(options, model); }),
      "usage: `init_img`: this model is a refiner, which goes over a picture. Give `init_img` with `strength` 0.3 "
      "or so, or a base model and this one with `refiner`.");
  options.init.image.path = "fox.png";
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

TEST(CheckModelInputs, AModelThatEditsPicturesWantsOneAndAllSteps) {
  ModelConfig model;
  GenerateOptions options;
  options.init.image_cfg_scale = 2;
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `image_cfg_scale`: this model does not edit pictures (InstructPix2Pix), so it has no effect. Leave "
            "it out; `strength` says how far to leave the picture.");
  model.instruct_pix2pix.emplace();
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `init_img`: this model edits a picture as the prompt says (InstructPix2Pix). Give it with "
            "`init_img`.");
  options.init.image.path = "fox.png";
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `strength`: this model begins at noise and does all steps (InstructPix2Pix). Leave `strength` out; "
            "`image_cfg_scale` says how closely to follow the picture.");
  options.init.strength = 1;
  EXPECT_NO_THROW(check_model_inputs(options, model));
  options.init.exact_steps = true;
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `exact_steps`: this model does all steps anyway (InstructPix2Pix). Leave `exact_steps` out.");
  options.inpaint.mask.path = "mask.png";
  EXPECT_EQ(error_of([&] { check_model_inputs(options, model); }),
            "usage: `mask`: this model edits the whole picture (InstructPix2Pix). Leave `mask` out.");
}

TEST(CheckModelInputs, AModelOfEdmNoiseHasNoTrainingTimesteps) {
  ModelConfig model;
  const auto error_with = [&](auto change) {
    GenerateOptions options{.sampling_method = SamplingMethod::euler, .scheduler = Scheduler::karras};
    change(options);
    EXPECT_NO_THROW(check_model_inputs(options, ModelConfig{})) << "other models have them";
    return error_of([&] { check_model_inputs(options, model); });
  };
  model.noise_schedule.edm.emplace();
  EXPECT_EQ(error_with([](GenerateOptions&) {}), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.sampling_method = SamplingMethod::ddim; }),
            "usage: `sampling_method`: ddim steps by training timesteps, which this model's noise (EDM) does not have. "
            "Take another, such as euler or dpm++2m.");
  for (const SamplingMethod method :
       {SamplingMethod::pndm, SamplingMethod::ddpm, SamplingMethod::tcd, SamplingMethod::sa_solver}) {
    EXPECT_NE(error_with([&](GenerateOptions& o) { o.sampling_method = method; }), "no error");
  }
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.sampling_method = SamplingMethod::lcm; }), "no error");
  EXPECT_EQ(
      error_with([](GenerateOptions& o) { o.scheduler = Scheduler::discrete; }),
      "usage: `scheduler`: discrete has the levels of training timesteps, which this model's noise (EDM) does not "
      "have. Take one of karras, exponential, sgm_uniform, normal, beta, kl_optimal, polyexponential, "
      "linear_quadratic.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.scheduler = Scheduler::discrete, o.sigmas = {80, 1}; }), "no error");
  EXPECT_EQ(
      error_with([](GenerateOptions& o) { o.timesteps = {900, 100}; }),
      "usage: `timesteps`: these are training timesteps, which this model's noise (EDM) does not have. Give noise "
      "levels with `sigmas`.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timestep_spacing = TimestepSpacing::trailing; }),
            "usage: `timestep_spacing`: this is of training timesteps, which this model's noise (EDM) does not have. "
            "Leave it out.");
}

}  // namespace
}  // namespace sfumato
