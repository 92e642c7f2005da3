#include "bundle/check_refiner.h"

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorKind::usage, "`refiner`: " + what); }

std::string shown(const ModelConfig& model) {
  return "\"" + printable(model.name, 100) + "\" (" + printable(model.family, 100) + ")";
}

// The part of a schedule that noise levels come from.
NoiseScheduleConfig noise_of(const ModelConfig& model) {
  NoiseScheduleConfig noise = model.noise_schedule;
  noise.prediction_type = {};
  noise.timestep_spacing = {};
  noise.steps_offset = {};
  noise.set_alpha_to_one = {};
  return noise;
}

}  // namespace

void check_refiner(const ModelConfig& refiner, const ModelConfig& base) {
  if (!refiner.requires_aesthetics_score) {
    refuse(shown(refiner) + " is no SDXL refiner. Give one, such as an import of sd_xl_refiner_1.0.safetensors.");
  }
  if (base.requires_aesthetics_score) {
    refuse("the model " + shown(base) + " is a refiner itself. Give its base model with `model`.");
  }
  if (refiner.latents != base.latents) {
    refuse(shown(refiner) + " has other latents than the model " + shown(base) +
           ". Give a refiner of the model's own family, or a model of Stable Diffusion XL.");
  }
  if (noise_of(refiner) != noise_of(base)) {
    refuse(shown(refiner) + " has other noise levels (noise_schedule) than the model " + shown(base) +
           ". Give a model with those of Stable Diffusion XL.");
  }
}

void check_refiner_switch(const GenerateOptions& options, bool has_refiner) {
  if (options.refiner_switch == 1 || has_refiner) return;
  throw Error(ErrorKind::usage, "`refiner_switch`: has no effect without `refiner`.");
}

}  // namespace sfumato
