#include "pipeline/refiner.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "bundle/check_refiner.h"
#include "bundle/check_weights.h"

namespace sfumato {
namespace {

std::shared_ptr<const Bundle> checked(std::shared_ptr<const Bundle> model, const ModelConfig& base) {
  check_refiner(model->config(), base);
  return model;
}

}  // namespace

Refiner::Refiner(std::shared_ptr<const Bundle> model, const ModelConfig& base, const Runtime& runtime)
    : model_(checked(std::move(model), base)),
      prompts_(*model_, runtime),
      unet_(*model_, NetworkKind::unet, runtime),
      denoiser_(unet_of(unet_), config().noise_schedule.prediction_type, config().noise_schedule.edm) {
  model_->check_all();
  check_weights(*model_);
  unet_.check_inputs(unet_inputs(config()));
}

int steps_of_base(const SigmaTable& table, const NoiseSchedule& schedule, double share) {
  const int train_steps = schedule.config().train_steps;
  const double cutoff = std::nearbyint(train_steps - share * train_steps);
  const auto steps = std::ranges::count_if(table.timesteps, [&](double timestep) { return timestep >= cutoff; });
  if (static_cast<std::size_t>(steps) < table.timesteps.size()) return static_cast<int>(steps);
  std::ostringstream message;
  message << "`refiner_switch`: " << share << " leaves no step to the refiner, whose steps are below timestep "
          << cutoff << "; the last one of this picture is at " << table.timesteps.back()
          << ". Take more steps, or a smaller share.";
  throw Error(ErrorKind::usage, message.str());
}

}  // namespace sfumato
