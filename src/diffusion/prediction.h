// What a network's output F means: D(x; sigma) = skip * x + out * F(in * x, timestep).
// Karras et al. 2022, eq. 7 and table 1; k-diffusion external.py. The only place that knows prediction types.
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
    case PredictionType::v_prediction:  // F = sqrt(alpha) noise - sqrt(1 - alpha) x_0 (Salimans and Ho 2022, appendix
                                        // D)
      return {.skip = in * in, .out = -sigma * in, .in = in};
    case PredictionType::sample:  // F is the denoised sample
      return {.skip = 0, .out = 1, .in = in};
  }
  return {};
}

}  // namespace sfumato
