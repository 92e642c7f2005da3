#include "diffusion/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "nn/torch_error.h"

namespace sfumato {
namespace {

constexpr std::string_view kFirstConvolution = "conv_in.weight";
// Most memory is used at full size: skip connections, and a feed-forward layer of eight times the width.
constexpr double kLayersAlive = 24;

// Which of the three parts of guidance do not cancel. The positive one always runs.
bool runs_without_concat(const Guidance& guidance) { return guidance.concat_scale != 1; }
bool runs_negative(const Guidance& guidance) {
  return guidance.unconditional || guidance.cfg_scale != guidance.concat_scale;
}

// The guided output of the network's outputs F, [1, C, h, w] each. A part that was not run has no weight: the next one
// stands in for it.
at::Tensor guided(const Guidance& guidance, const at::Tensor& none, const at::Tensor& negative,
                  const at::Tensor& positive) {
  at::Tensor f = negative + guidance.cfg_scale * (positive - negative);
  if (runs_without_concat(guidance)) f = f + (guidance.concat_scale - 1) * (negative - none);
  if (guidance.cfg_rescale == 0) return f;
  const at::Tensor rescaled = f * (positive.std() / f.std());
  return guidance.cfg_rescale * rescaled + (1 - guidance.cfg_rescale) * f;
}

// The rows of one run of the network: for each evaluation those of guidance, in the order of its formula.
struct Rows {
  std::vector<at::Tensor> latents;
  std::vector<float> timesteps;
  std::vector<at::Tensor> context;
  std::vector<at::Tensor> pooled;  // empty, as size_ids, if the model has no pooled width
  std::vector<at::Tensor> size_ids;

  void add(const Evaluation& e, const at::Tensor& scaled) {
    const Guidance& guidance = *e.guidance;
    const at::Tensor& concat = guidance.concat;
    const at::Tensor x = concat.defined() ? at::cat({scaled, concat}, 1) : scaled;
    const Conditioning& negative = guidance.negative.at(e.progress);
    const at::Tensor& negative_ids =
        guidance.negative_size_ids.defined() ? guidance.negative_size_ids : guidance.size_ids;
    if (runs_without_concat(guidance)) add(e, at::cat({scaled, at::zeros_like(concat)}, 1), negative, negative_ids);
    if (runs_negative(guidance)) add(e, x, negative, negative_ids);
    add(e, x, guidance.positive.at(e.progress), guidance.size_ids);
  }

  [[nodiscard]] UnetInput input() const {
    const auto joined = [](const std::vector<at::Tensor>& rows) { return rows.empty() ? at::Tensor() : at::cat(rows); };
    return {.latents = at::cat(latents),
            .timesteps = at::tensor(timesteps, at::kFloat),
            .context = at::cat(context),
            .pooled = joined(pooled),
            .size_ids = joined(size_ids)};
  }

 private:
  void add(const Evaluation& e, const at::Tensor& x, const Conditioning& conditioning, const at::Tensor& ids) {
    latents.push_back(x);
    timesteps.push_back(static_cast<float>(e.timestep));
    context.push_back(conditioning.context);
    if (!conditioning.pooled.defined()) return;
    pooled.push_back(conditioning.pooled);
    size_ids.push_back(ids);
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
    NamedTensors inputs;
    const auto add = [&inputs](std::string_view name, const at::Tensor& tensor, at::ScalarType type) {
      if (tensor.defined()) inputs.emplace(name, tensor.to(type));
    };
    add("latents", input.latents, dtype);
    add("timestep", input.timesteps, at::kFloat);  // bfloat16 would round 999 to 1000
    add("conditioning", input.context, dtype);
    add("pooled", input.pooled, dtype);
    add("size_ids", input.size_ids, at::kFloat);
    for (const auto& [name, tensor] : input.more) add(name, tensor, dtype);
    return network(inputs).to(at::kFloat);
  };
}

std::vector<std::string> unet_inputs(const ModelConfig& model) {
  std::vector<std::string> inputs = {"latents", "timestep", "conditioning"};
  if (model.pooled_width > 0) inputs.insert(inputs.end(), {"pooled", "size_ids"});
  return inputs;
}

int rows_of(const Guidance& guidance) { return 1 + runs_negative(guidance) + runs_without_concat(guidance); }

bool may_share_batch(const Evaluation& a, const Evaluation& b) {
  const auto context = [](const Evaluation& e) { return e.guidance->positive.at(e.progress).context.sizes(); };
  const at::Tensor &concat = a.guidance->concat, &other = b.guidance->concat;
  return a.x.sizes() == b.x.sizes() && context(a) == context(b) && concat.defined() == other.defined() &&
         (!concat.defined() || concat.sizes() == other.sizes());
}

std::vector<Estimate> Denoiser::denoise(std::span<const Evaluation> evaluations) const {
  try {
    return estimates(evaluations);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {  // outside the network, whose own is an Error
    if (is_out_of_memory(error)) throw translated("the denoiser", error);
    throw;
  }
}

Scalings Denoiser::scalings_at(double sigma) const {
  return edm_ ? scalings(type_, *edm_, sigma) : scalings(type_, sigma);
}

std::vector<Estimate> Denoiser::estimates(std::span<const Evaluation> evaluations) const {
  Rows rows;
  for (const Evaluation& e : evaluations) rows.add(e, scalings_at(e.sigma).in * e.x);
  const at::Tensor output = unet_(rows.input());
  std::vector<Estimate> denoised;
  std::int64_t row = 0;
  for (const Evaluation& e : evaluations) {
    const std::int64_t last = row + rows_of(*e.guidance) - 1;
    const at::Tensor positive = output.narrow(0, last, 1);
    const at::Tensor negative = output.narrow(0, runs_negative(*e.guidance) ? last - 1 : last, 1);
    // Guidance of F is guidance of D: D is linear in F.
    const at::Tensor f = last == row ? positive : guided(*e.guidance, output.narrow(0, row, 1), negative, positive);
    const Scalings c = scalings_at(e.sigma);
    Estimate estimate{.denoised = c.skip * e.x + c.out * f};
    if (e.guidance->unconditional) estimate.unconditional = c.skip * e.x + c.out * negative;
    denoised.push_back(std::move(estimate));
    row = last + 1;
  }
  return denoised;
}

}  // namespace sfumato
