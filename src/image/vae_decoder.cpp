#include "image/vae_decoder.h"

#include <ATen/TensorOperators.h>

#include <cmath>

namespace sfumato {
namespace {

constexpr std::string_view kLastConvolution = "decoder.conv_out.weight";
// Most memory is used in the last block, at full size. Peaks measured with the default model's 48 channels of float32:
// 0.43 GB at 256x256 and 0.65 GB at 512x512, which is 1.1 kB a pixel or about six tensors of its width.
constexpr double kLayersAlive = 6;

}  // namespace

VaeDecoder::VaeDecoder(const Bundle& bundle, const Runtime& runtime)
    : network_(bundle, bundle.config().vae_decoder, runtime), scaling_factor_(bundle.config().latents.scaling_factor) {}

void VaeDecoder::check_memory(int width, int height, std::uint64_t available) const {
  if (!network_.device().is_cpu()) return;
  const double channels = static_cast<double>(network_.shape_of(kLastConvolution).at(1));
  const double needed =
      kLayersAlive * channels * static_cast<double>(c10::elementSize(network_.dtype())) * width * height;
  if (needed <= static_cast<double>(available)) return;
  const auto gigabytes = [](double bytes) { return std::to_string(std::lround(std::ceil(bytes / 1e9))) + " GB"; };
  throw Error(ExitCode::usage, "--width, --height: a picture of " + std::to_string(width) + "x" +
                                   std::to_string(height) + " needs about " + gigabytes(needed) + " of memory, " +
                                   gigabytes(static_cast<double>(available)) + " are free. Take a smaller picture.");
}

at::Tensor VaeDecoder::decode(const at::Tensor& latents) const {
  return network_({(latents / scaling_factor_).to(network_.dtype())}).to(at::kFloat);
}

}  // namespace sfumato
