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

// Of a variance-preserving model.
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

// Of EDM noise (Karras et al. 2022, table 1; diffusers' precondition_outputs). F of epsilon points away from the noise
// there, that of v_prediction towards it.
[[nodiscard]] inline Scalings scalings(PredictionType type, const EdmNoise& edm, double sigma) {
  const double data = edm.sigma_data, in = 1 / std::sqrt(sigma * sigma + data * data);
  const double sign = type == PredictionType::v_prediction ? -1 : 1;
  return {.skip = data * data * in * in, .out = sign * sigma * data * in, .in = in};
}

}  // namespace sfumato
