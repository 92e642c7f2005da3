#include "import/recognise/unet_names.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

constexpr std::string_view kCheckpoint = "model.diffusion_model.";
constexpr std::array<std::string_view, 4> kPrefixes = {kCheckpoint, "diffusion_model.", "unet.", ""};

bool has(const WeightFile& file, std::string_view prefix, std::string_view name) {
  return find_tensor(file, std::string(prefix) + std::string(name)) != nullptr;
}

}  // namespace

UnetPlace find_unet(const WeightFile& file) {
  for (const std::string_view prefix : kPrefixes) {
    if (has(file, prefix, "input_blocks.0.0.weight") && has(file, prefix, "out.2.weight"))
      return {.names = UnetNames::ldm, .prefix = prefix, .whole = true};
    // An autoencoder alone has other names before these two.
    if (has(file, prefix, "conv_in.weight") && has(file, prefix, "conv_out.weight"))
      return {.names = UnetNames::diffusers, .prefix = prefix, .whole = true};
  }
  const bool cut = std::ranges::any_of(file.tensors,
                                       [](const StoredTensor& tensor) { return tensor.name.starts_with(kCheckpoint); });
  return cut ? UnetPlace{.names = UnetNames::ldm, .prefix = kCheckpoint} : UnetPlace{};
}

const StoredTensor* unet_tensor(const WeightFile& file, const UnetPlace& unet, std::string_view ldm,
                                std::string_view diffusers) {
  if (unet.names == UnetNames::none) return nullptr;
  return find_tensor(file, std::string(unet.prefix) + std::string(unet.names == UnetNames::ldm ? ldm : diffusers));
}

std::int64_t conditioning_width(const WeightFile& file, const UnetPlace& unet) {
  if (unet.names == UnetNames::none) return 0;
  for (const StoredTensor& tensor : file.tensors) {
    if (tensor.name.starts_with(unet.prefix) && tensor.name.ends_with(".attn2.to_k.weight") &&
        tensor.shape.size() >= 2) {
      return tensor.shape[1];
    }
  }
  return 0;
}

std::int64_t input_channels(const WeightFile& file, const UnetPlace& unet) {
  const StoredTensor* const first = unet_tensor(file, unet, "input_blocks.0.0.weight", "conv_in.weight");
  return first == nullptr || first->shape.size() < 2 ? 0 : first->shape[1];
}

}  // namespace sfumato
