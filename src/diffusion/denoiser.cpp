#include "diffusion/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

namespace sfumato {
namespace {

bool is_guided(const Guidance& guidance) { return guidance.cfg_scale != 1; }

// The rows of one run of the network: of each evaluation the unwanted half, if it is guided, then the wanted one.
struct Rows {
  std::vector<at::Tensor> latents;
  std::vector<float> timesteps;
  std::vector<at::Tensor> conditioning;

  void add(const at::Tensor& x, double timestep, const at::Tensor& words) {
    latents.push_back(x);
    timesteps.push_back(static_cast<float>(timestep));
    conditioning.push_back(words);
  }
};

}  // namespace

Unet unet_of(const Network& network) {
  return [&network](const at::Tensor& latents, const at::Tensor& timesteps, const at::Tensor& conditioning) {
    // The timesteps stay float32: bfloat16 would round 999 to 1000.
    return network({latents.to(network.dtype()), timesteps, conditioning.to(network.dtype())}).to(at::kFloat);
  };
}

std::vector<at::Tensor> Denoiser::denoise(std::span<const Evaluation> evaluations) const {
  Rows rows;
  for (const Evaluation& e : evaluations) {
    const at::Tensor scaled = scalings(type_, e.sigma).in * e.x;
    if (is_guided(*e.guidance)) rows.add(scaled, e.timestep, e.guidance->unwanted);
    rows.add(scaled, e.timestep, e.guidance->wanted);
  }
  const at::Tensor output =
      unet_(at::cat(rows.latents), at::tensor(rows.timesteps, at::kFloat), at::cat(rows.conditioning));
  std::vector<at::Tensor> denoised;
  std::int64_t row = 0;
  for (const Evaluation& e : evaluations) {
    at::Tensor f = output.narrow(0, row++, 1);
    if (is_guided(*e.guidance)) {
      const at::Tensor wanted = output.narrow(0, row++, 1);
      f = f + e.guidance->cfg_scale * (wanted - f);
    }
    // Guidance of F is guidance of D: D is linear in F.
    const Scalings c = scalings(type_, e.sigma);
    denoised.push_back(c.skip * e.x + c.out * f);
  }
  return denoised;
}

}  // namespace sfumato
