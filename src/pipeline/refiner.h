// The model that draws the last steps of pictures, behind the one that draws the first (Podell et al. 2024, section
// 2.5): an SDXL refiner.
#pragma once

#include <memory>

#include "bundle/bundle.h"
#include "diffusion/denoiser.h"
#include "diffusion/sigmas.h"
#include "nn/network.h"
#include "pipeline/prompt_guidance.h"

namespace sfumato {

class Refiner {
 public:
  // Loads text encoder and U-Net. Throws Error(usage) if it does not fit behind the base model
  // (bundle/check_refiner.h), else as Generator does.
  Refiner(std::shared_ptr<const Bundle> model, const ModelConfig& base, const Runtime& runtime);
  Refiner(const Refiner&) = delete;
  Refiner& operator=(const Refiner&) = delete;

  [[nodiscard]] const ModelConfig& config() const { return model_->config(); }
  [[nodiscard]] const Bundle& model() const { return *model_; }
  [[nodiscard]] const Network& unet() const { return unet_; }
  [[nodiscard]] const Denoiser& denoiser() const { return denoiser_; }
  [[nodiscard]] Guidance guidance(const GenerateOptions& options) { return prompts_.guidance(options); }

 private:
  std::shared_ptr<const Bundle> model_;
  PromptGuidance prompts_;
  Network unet_;
  Denoiser denoiser_;
};

// The first steps of a table, which the base model does, for this GenerateOptions::refiner_switch: as diffusers'
// `denoising_end` cuts them, those at train_steps * (1 - share) or above. 0 if the table begins below it. Throws
// Error(usage) if no step is left to the refiner.
[[nodiscard]] int steps_of_base(const SigmaTable& table, const NoiseSchedule& schedule, double share);

}  // namespace sfumato
