// The meaning of a network's output F by prediction type: D(x; sigma) = skip * x + out * F(in * x, timestep)
// (Karras et al. 2022, eq. 7 and table 1; k-diffusion's external.py). No other file depends on prediction types.
#pragma once

#include <cmath>

#include "bundle/model_config.h"

namespace sfumato {

struct Scalings {
  double skip = 0;
  double out = 0;
  double in = 0;
};

[[nodiscard]] inline Scalings scalings(PredictionType type, double sigma) {
  const double in = 1 / std::sqrt(1 + sigma * sigma);
  switch (type) {
    case PredictionType::epsilon:  // F is the noise
      return {.skip = 1, .out = -sigma, .in = in};
    // F = sqrt(alpha) noise - sqrt(1 - alpha) x_0 (Salimans and Ho 2022, appendix D)
    case PredictionType::v_prediction:
      return {.skip = in * in, .out = -sigma * in, .in = in};
    case PredictionType::sample:  // F is the denoised sample
      return {.skip = 0, .out = 1, .in = in};
  }
  return {};
}

}  // namespace sfumato
