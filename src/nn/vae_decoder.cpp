#include "nn/vae_decoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include <cmath>

namespace sfumato {
namespace {

constexpr std::string_view kLastConvolution = "decoder.conv_out.weight";
// Most memory is used in the last block, at full size. Peaks measured with the default model's 48 channels of float32:
// 0.43 GB at 256x256 and 0.65 GB at 512x512, which is 1.1 kB a pixel or about six tensors of its width.
constexpr double kLayersAlive = 6;
constexpr std::int64_t kTileSide = 256;  // pixels
// In tiles the largest whole tensor is the input of the last section: half the image's size in each direction and twice
// the channels of its output, so half a layer; its predecessor is read meanwhile.
constexpr double kLayersAliveInTiles = 1;

bool is_finite(const at::Tensor& tensor) { return at::isfinite(tensor).all().item<bool>(); }

}  // namespace

VaeDecoder::VaeDecoder(const Bundle& bundle, const Runtime& runtime, VaeTiling tiling)
    : bundle_(bundle),
      runtime_(runtime),
      tiling_(tiling),
      network_(bundle, NetworkKind::vae_decoder, runtime),
      scaling_(bundle.config().latents) {
  if (tiling_ == VaeTiling::on && !network_.can_run_in_tiles()) {
    throw Error(ErrorKind::usage, "`vae_tiling`: this model's decoder cannot run in tiles. Leave it out, or take off.");
  }
}

double VaeDecoder::least_memory(int width, int height) const {
  const double channels = static_cast<double>(network_.shape_of(kLastConvolution).at(1));
  const double layer_of_a_pixel = channels * static_cast<double>(c10::elementSize(network_.dtype()));
  const double whole = kLayersAlive * layer_of_a_pixel * width * height;
  if (tiling_ == VaeTiling::off || !network_.can_run_in_tiles()) return whole;
  const double tile = kLayersAlive * layer_of_a_pixel * kTileSide * kTileSide;
  return std::min(whole, tile + kLayersAliveInTiles * layer_of_a_pixel * width * height);
}

bool VaeDecoder::runs_in_tiles(std::int64_t width, std::int64_t height, std::uint64_t available) const {
  if (tiling_ != VaeTiling::automatic) return tiling_ == VaeTiling::on;
  if (!network_.device().is_cpu() || !network_.can_run_in_tiles()) return false;
  const double channels = static_cast<double>(network_.shape_of(kLastConvolution).at(1));
  const double whole = kLayersAlive * channels * static_cast<double>(c10::elementSize(network_.dtype())) *
                       static_cast<double>(width * height);
  return whole > static_cast<double>(available);
}

Decoded VaeDecoder::decode(const at::Tensor& latents, std::uint64_t available) {
  const std::int64_t downscale = bundle_.config().latents.downscale;
  const bool in_tiles = runs_in_tiles(latents.size(3) * downscale, latents.size(2) * downscale, available);
  const auto run = [&](const Network& network) {
    const at::Tensor input = scaling_.to_decoder(latents).to(network.dtype());
    return (in_tiles ? network.run_in_tiles(input, kTileSide) : network({input})).to(at::kFloat);
  };
  std::string note;
  if (in_tiles && tiling_ == VaeTiling::automatic)
    note = "decoded in tiles, because memory is short; that takes longer";
  at::Tensor pixels = run(network_);
  if (runtime_.dtype != at::kFloat && !is_finite(pixels)) {
    if (!in_float32_) {
      Runtime exact = runtime_;
      exact.dtype = at::kFloat;
      in_float32_.emplace(bundle_, NetworkKind::vae_decoder, exact);
    }
    pixels = run(*in_float32_);
    note += (note.empty() ? "" : "; ") +
            ("decoded in float32, because in " + dtype_name(runtime_) + " some values were not finite");
  }
  return {.pixels = std::move(pixels), .note = std::move(note)};
}

}  // namespace sfumato
