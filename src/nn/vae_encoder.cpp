#include "nn/vae_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include <span>

#include "base/sha256.h"

namespace sfumato {
namespace {

constexpr std::string_view kFirstConvolution = "encoder.conv_in.weight";
// Most memory is used in the first block, at full size.
constexpr double kLayersAlive = 6;
constexpr std::size_t kCached = 32;

bool is_finite(const at::Tensor& tensor) { return at::isfinite(tensor).all().item<bool>(); }

std::string digest_of(const at::Tensor& pixels) {
  const at::Tensor values = pixels.contiguous();
  const auto* data = values.const_data_ptr<float>();
  return sha256(std::as_bytes(std::span(data, static_cast<std::size_t>(values.numel())))) + ' ' +
         std::to_string(values.size(3));
}

}  // namespace

at::Tensor Encoded::sample(const at::Tensor& noise) const { return mean + deviation * noise; }

VaeEncoder::VaeEncoder(const Bundle& bundle, const Runtime& runtime)
    : bundle_(bundle),
      runtime_(runtime),
      network_(bundle, NetworkKind::vae_encoder, runtime),
      scaling_(bundle.config().latents),
      cache_(kCached) {}

double VaeEncoder::memory(int width, int height) const {
  const double channels = static_cast<double>(network_.shape_of(kFirstConvolution).front());
  return kLayersAlive * channels * static_cast<double>(c10::elementSize(network_.dtype())) * width * height;
}

Encoded VaeEncoder::encode(const at::Tensor& pixels) {
  return cache_.get(digest_of(pixels), [&] { return compute(pixels); });
}

Encoded VaeEncoder::compute(const at::Tensor& pixels) {
  std::string note;
  at::Tensor moments = network_({pixels.to(network_.dtype())}).to(at::kFloat);
  if (runtime_.dtype != at::kFloat && !is_finite(moments)) {
    if (!in_float32_) {
      Runtime exact = runtime_;
      exact.dtype = at::kFloat;
      in_float32_.emplace(bundle_, NetworkKind::vae_encoder, exact);
    }
    moments = (*in_float32_)({pixels});
    note = "encoded in float32, because in " + dtype_name(runtime_) + " some values were not finite";
  }
  if (!is_finite(moments)) {
    throw Error(ErrorKind::internal,
                "the picture's latents have values that are not finite (NaN or infinite). Check the model with "
                "`sfumato model`.");
  }
  // Mean, then log variance within diffusers' bounds.
  const std::vector<at::Tensor> halves = moments.chunk(2, 1);
  return {.mean = scaling_.from_encoder(halves.at(0)),
          .deviation = scaling_.deviation_from_encoder((0.5 * halves.at(1).clamp(-30, 20)).exp()),
          .unscaled_mean = halves.at(0),
          .note = std::move(note)};
}

}  // namespace sfumato
