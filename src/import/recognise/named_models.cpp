#include "import/recognise/named_models.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

// A part of a tensor's name that only this kind of model has.
struct NamedModel {
  std::string_view part;
  std::string_view what;  // and what to do
};

constexpr std::array<NamedModel, 13> kNamed = {{
    {".quant_state.bitsandbytes__",
     "a model in NF4 (bitsandbytes), whose numbers are quantised. Take the same model in float16, bfloat16 or fp8"},
    {"time_stack.", "a Stable Video Diffusion model (SVD), which makes videos. Give a text-to-image model"},
    {"temporal_transformer_blocks.",
     "a Stable Video Diffusion model (SVD), which makes videos. Give a text-to-image model"},
    {"cc_projection.", "a Zero123 model, which turns an object in a picture. Give a text-to-image model"},
    {"low_scale_model.", "the x4 upscaler of Stable Diffusion 2. Give a text-to-image model"},
    {"depth_model.", "the depth-guided model of Stable Diffusion 2. Give a text-to-image model"},
    {"noise_augmentor.", "an unCLIP model, which varies a picture. Give a text-to-image model"},
    {"embedder.model.visual.", "an unCLIP model, which varies a picture. Give a text-to-image model"},
    {"class_embedding.linear_1.", "an unCLIP model, which varies a picture. Give a text-to-image model"},
    {"class_embedding.weight", "the x4 upscaler of Stable Diffusion 2. Give a text-to-image model"},
    {".fuser.", "a GLIGEN model, which places objects in boxes. Give a text-to-image model"},
    {"image_only_indicator", "a Stable Video Diffusion model (SVD), which makes videos. Give a text-to-image model"},
    {"time_mixer.", "a Stable Video Diffusion model (SVD), which makes videos. Give a text-to-image model"},
}};

bool has_part(const WeightFile& file, std::string_view part) {
  return std::ranges::any_of(file.tensors,
                             [&](const StoredTensor& tensor) { return tensor.name.find(part) != std::string::npos; });
}

bool has_prefix(const WeightFile& file, std::string_view prefix) {
  return std::ranges::any_of(file.tensors, [&](const StoredTensor& tensor) { return tensor.name.starts_with(prefix); });
}

std::string by_channels(std::int64_t channels) {
  const std::string takes = "its U-Net takes " + std::to_string(channels) + " channels";
  if (channels == 7) return "an upscaler (" + takes + "). Give a text-to-image model";
  if (channels == 5) return "a depth-guided model (" + takes + "). Give a text-to-image model";
  return "";
}

}  // namespace

std::string named_model(const WeightFile& file, const UnetPlace& unet) {
  for (const NamedModel& model : kNamed) {
    if (has_part(file, model.part)) return std::string(model.what);
  }
  const std::int64_t width = conditioning_width(file, unet);
  const bool labels = unet_tensor(file, unet, "label_emb.0.0.weight", "class_embedding.linear_1.weight") != nullptr;
  if (width == 1024 && labels) return "an unCLIP model, which varies a picture. Give a text-to-image model";
  if (const std::string what = by_channels(input_channels(file, unet)); !what.empty()) return what;
  return "";
}

std::string named_autoencoder(const WeightFile& file) {
  const auto has = [&](std::string_view name) { return find_tensor(file, name) != nullptr; };
  const bool diffusers = has("decoder.layers.0.weight") || has("encoder.layers.0.weight");
  const bool own = (has("1.weight") && has("3.conv.0.weight")) || (has("0.weight") && has("1.conv.0.weight"));
  const bool both = has_prefix(file, "taesd_decoder.") || has_prefix(file, "taesd_encoder.");
  if (!diffusers && !own && !both) return "";
  return "TAESD, a small autoencoder for previews, which is not supported. Give the autoencoder of the family itself";
}

}  // namespace sfumato
