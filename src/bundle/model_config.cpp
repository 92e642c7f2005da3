#include "bundle/model_config.h"

#include "bundle/bundle.h"
#include "sfumato/generator.h"

namespace sfumato {

std::string model_hash(const ModelConfig& config, const std::string& digest) {
  return (config.source_sha256.empty() ? digest : config.source_sha256).substr(0, 10);
}

GenerateOptions default_options(const Bundle& model) { return default_options(model.config()); }

GenerateOptions default_options(const ModelConfig& config) {
  const ModelDefaults& defaults = config.defaults;
  // A picture that is edited is seen by the U-Net at every step, and sampling begins at noise.
  const InitImageOptions init{.strength = config.instruct_pix2pix ? 1 : InitImageOptions{}.strength};
  return {.width = defaults.width,
          .height = defaults.height,
          .steps = defaults.steps,
          .cfg_scale = defaults.cfg_scale,
          .sampling_method = defaults.sampling_method,
          .scheduler = defaults.scheduler,
          .eta = default_eta(defaults.sampling_method),
          .clip_skip = defaults.clip_skip,
          .init = init};
}

}  // namespace sfumato
