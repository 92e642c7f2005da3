// A step with fresh noise.
#pragma once

#include <algorithm>
#include <cmath>

namespace sfumato {

// next^2 = down^2 + up^2: step down to less noise than wanted, then add what is missing.
struct AncestralStep {
  double down = 0;
  double up = 0;
};

// The split of k-diffusion's get_ancestral_step, which is that of DDIM's eq. 16 (Song et al. 2021a). eta 0: no fresh
// noise. 0 <= next < sigma, 0 <= eta <= 1.
[[nodiscard]] inline AncestralStep ancestral_step(double sigma, double next, double eta) {
  const double up = std::min(next, eta * next * std::sqrt(1 - next * next / (sigma * sigma)));
  return {.down = std::sqrt(next * next - up * up), .up = up};
}

}  // namespace sfumato
