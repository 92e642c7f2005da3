#include "bundle/check_model_inputs.h"

#include <string>

#include "api/sampler_info.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

void check_instruct_pix2pix(const GenerateOptions& options) {
  if (options.init.image.path.empty()) {
    throw Error(
        ErrorKind::usage,
        "`init_img`: this model edits a picture as the prompt says (InstructPix2Pix). Give it with `init_img`.");
  }
  if (!options.inpaint.mask.path.empty()) {
    throw Error(ErrorKind::usage, "`mask`: this model edits the whole picture (InstructPix2Pix). Leave `mask` out.");
  }
  if (options.init.exact_steps) {
    throw Error(ErrorKind::usage,
                "`exact_steps`: this model does all steps anyway (InstructPix2Pix). Leave `exact_steps` out.");
  }
  if (options.init.strength != 1) {
    throw Error(ErrorKind::usage,
                "`strength`: this model begins at noise and does all steps (InstructPix2Pix). Leave `strength` out; "
                "`image_cfg_scale` says how closely to follow the picture.");
  }
}

}  // namespace

void check_noise_kind(const GenerateOptions& options, const ModelConfig& model) {
  if (!model.noise_schedule.edm) return;
  const auto refuse = [](const std::string& what, const std::string& instead) {
    throw Error(ErrorKind::usage,
                what + " training timesteps, which this model's noise (EDM) does not have. " + instead + ".");
  };
  const SamplerInfo& sampler = info_of(options.sampling_method);
  const SchedulerInfo& scheduler = info_of(options.scheduler);
  if (sampler.training_timesteps) {
    refuse("`sampling_method`: " + std::string(sampler.name) + " steps by", "Take another, such as euler or dpm++2m");
  }
  if (!options.timesteps.empty()) refuse("`timesteps`: these are", "Give noise levels with `sigmas`");
  if (options.timestep_spacing) refuse("`timestep_spacing`: this is of", "Leave it out");
  if (options.sigmas.empty() && scheduler.training_timesteps) {
    std::string others;
    for (const SchedulerInfo& other : schedulers()) {
      if (!other.training_timesteps) others += (others.empty() ? "" : ", ") + std::string(other.name);
    }
    refuse("`scheduler`: " + std::string(scheduler.name) + " has the levels of", "Take one of " + others);
  }
}

void check_model_inputs(const GenerateOptions& options, const ModelConfig& model) {
  const bool has_map = !options.map.segmap.path.empty();
  if (has_map && !model.segmap) {
    throw Error(ErrorKind::usage,
                "`segmap`: this model does not draw from maps. Take one that does, such as emoji-map.");
  }
  if (!has_map && model.segmap && !model.segmap->optional && options.map.scale != 0) {
    throw Error(
        ErrorKind::usage,
        "`segmap`: this model draws from a map: give `segmap`, or `map_scale` 0 to draw from the prompt alone.");
  }
  check_noise_kind(options, model);
  if (model.instruct_pix2pix) check_instruct_pix2pix(options);
  if (!model.instruct_pix2pix && options.init.image_cfg_scale != InitImageOptions{}.image_cfg_scale) {
    throw Error(ErrorKind::usage,
                "`image_cfg_scale`: this model does not edit pictures (InstructPix2Pix), so it has no effect. Leave it "
                "out; `strength` says how far to leave the picture.");
  }
  if (model.requires_aesthetics_score && options.init.image.path.empty()) {
    throw Error(
        ErrorKind::usage,
        "`init_img`: this model is a refiner, which goes over a picture. Give `init_img` with `strength` 0.3 or "
        "so, or a base model and this one with `refiner`.");
  }
  if (model.inpainting && options.inpaint.mask.path.empty()) {
    throw Error(ErrorKind::usage,
                "`mask`: this model paints into pictures, where a mask says. Give `init_img` and `mask`.");
  }
}

}  // namespace sfumato
