#include "diffusion/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

namespace sfumato {
namespace {

constexpr std::string_view kFirstConvolution = "conv_in.weight";
// Most memory is used at full size: skip connections, and a feed-forward layer of eight times the width.
constexpr double kLayersAlive = 24;

bool is_guided(const Guidance& guidance) { return guidance.cfg_scale != 1; }

// Of the network's outputs F, [1, C, h, w].
at::Tensor guided(const Guidance& guidance, const at::Tensor& unwanted, const at::Tensor& wanted) {
  const at::Tensor f = unwanted + guidance.cfg_scale * (wanted - unwanted);
  if (guidance.cfg_rescale == 0) return f;
  const at::Tensor rescaled = f * (wanted.std() / f.std());
  return guidance.cfg_rescale * rescaled + (1 - guidance.cfg_rescale) * f;
}

// The rows of one run of the network: of each evaluation the unwanted half, if it is guided, then the wanted one.
struct Rows {
  std::vector<at::Tensor> latents;
  std::vector<float> timesteps;
  std::vector<at::Tensor> words;
  std::vector<at::Tensor> pooled;    // stays empty if the model has no pooled width, as do
  std::vector<at::Tensor> size_ids;  // these

  void add(const at::Tensor& x, double timestep, const Conditioning& conditioning, const at::Tensor& sizes) {
    latents.push_back(x);
    timesteps.push_back(static_cast<float>(timestep));
    words.push_back(conditioning.words);
    if (!conditioning.pooled.defined()) return;
    pooled.push_back(conditioning.pooled);
    size_ids.push_back(sizes);
  }

  [[nodiscard]] UnetInput input() const {
    const auto joined = [](const std::vector<at::Tensor>& rows) { return rows.empty() ? at::Tensor() : at::cat(rows); };
    return {.latents = at::cat(latents),
            .timesteps = at::tensor(timesteps, at::kFloat),
            .words = at::cat(words),
            .pooled = joined(pooled),
            .size_ids = joined(size_ids)};
  }
};

}  // namespace

double memory_of_run(const Network& network, std::int64_t rows, std::int64_t height, std::int64_t width) {
  const double channels = static_cast<double>(network.shape_of(kFirstConvolution).front());
  return kLayersAlive * channels * static_cast<double>(c10::elementSize(network.dtype())) *
         static_cast<double>(rows * height * width);
}

Unet unet_of(const Network& network) {
  return [&network](const UnetInput& input) {
    const at::ScalarType dtype = network.dtype();
    // Timesteps and sizes stay float32: bfloat16 would round 999 to 1000.
    std::vector<at::Tensor> inputs = {input.latents.to(dtype), input.timesteps, input.words.to(dtype)};
    if (input.pooled.defined()) inputs.insert(inputs.end(), {input.pooled.to(dtype), input.size_ids});
    return network(inputs).to(at::kFloat);
  };
}

bool may_share_batch(const Evaluation& a, const Evaluation& b) {
  return a.x.sizes() == b.x.sizes() && a.guidance->wanted.words.sizes() == b.guidance->wanted.words.sizes();
}

std::vector<at::Tensor> Denoiser::denoise(std::span<const Evaluation> evaluations) const {
  Rows rows;
  for (const Evaluation& e : evaluations) {
    const at::Tensor scaled = scalings(type_, e.sigma).in * e.x;
    if (is_guided(*e.guidance)) rows.add(scaled, e.timestep, e.guidance->unwanted, e.guidance->size_ids);
    rows.add(scaled, e.timestep, e.guidance->wanted, e.guidance->size_ids);
  }
  const at::Tensor output = unet_(rows.input());
  std::vector<at::Tensor> denoised;
  std::int64_t row = 0;
  for (const Evaluation& e : evaluations) {
    at::Tensor f = output.narrow(0, row++, 1);
    if (is_guided(*e.guidance)) {
      const at::Tensor wanted = output.narrow(0, row++, 1);
      f = guided(*e.guidance, f, wanted);
    }
    // Guidance of F is guidance of D: D is linear in F.
    const Scalings c = scalings(type_, e.sigma);
    denoised.push_back(c.skip * e.x + c.out * f);
  }
  return denoised;
}

}  // namespace sfumato
