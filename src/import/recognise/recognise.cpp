#include "import/recognise/recognise.h"

#include <algorithm>
#include <array>

#include "base/bad_data.h"
#include "base/printable.h"
#include "import/recognise/adapters.h"
#include "import/recognise/named_models.h"

namespace sfumato {
namespace {

// A part of a tensor name that only one other architecture has.
struct Architecture {
  std::string_view part;
  std::string_view title;
};
constexpr std::array<Architecture, 16> kOthers = {{
    {"joint_blocks.", "a Stable Diffusion 3 model"},
    {"double_stream_modulation", "a Flux.2 model"},
    {"distilled_guidance_layer.", "a Chroma model"},
    {"double_blocks.", "a Flux model"},
    {"single_transformer_blocks.", "a Flux model"},
    {"double_layers.", "an AuraFlow model"},
    {"clip_txt_mapper", "a Stable Cascade model"},
    {"channelwise.", "a Stable Cascade model"},
    {"cap_embedder.", "a Lumina or Z-Image model"},
    {"individual_token_refiner", "a Hunyuan Video model"},
    {"patchify_proj", "an LTX Video model"},
    {"adaln_single", "a PixArt model"},
    {"motion_modules.", "an AnimateDiff motion module"},
    {"cross_attn.kv_linear", "a Sana model"},
    {"blocks.0.cross_attn.norm_k", "a Wan model"},
    {"img_mod.1", "a Qwen-Image model"},
}};

constexpr std::string_view kSdCppSecond = "cond_stage_model.1.";

[[noreturn]] void refuse(const WeightFile& file, const std::string& what) { throw_bad_data(file.where, what); }

bool has_prefix(const WeightFile& file, std::string_view prefix) {
  return std::ranges::any_of(file.tensors, [&](const StoredTensor& tensor) { return tensor.name.starts_with(prefix); });
}

bool has_part(const WeightFile& file, std::string_view part) {
  return std::ranges::any_of(file.tensors,
                             [&](const StoredTensor& tensor) { return tensor.name.find(part) != std::string::npos; });
}

// Text encoders, or whatever else only another family has, beside a U-Net of this one.
void refuse_second_family(const WeightFile& file, const FamilyInfo& family) {
  for (const FamilyInfo& other : families()) {
    if (&other == &family) continue;
    for (const std::string_view prefix : other.signature.prefixes) {
      const bool shared = std::ranges::find(family.signature.prefixes, prefix) != family.signature.prefixes.end();
      // Stable Diffusion 2 is also saved with transformers' names of its text encoder, and stable-diffusion.cpp gives
      // that prefix to both of Stable Diffusion XL.
      const bool renamed =
          other.family == Family::sd1 && (family.family == Family::sd2 || has_prefix(file, kSdCppSecond));
      if (shared || renamed || !has_prefix(file, prefix)) continue;
      refuse(file, "of two families: its U-Net is of " + std::string(family.title) + ", its " + std::string(prefix) +
                       "* are of " + std::string(other.title) + ". Give a file with one model");
    }
  }
}

// By the width of the U-Net's cross-attention; for others than the published widths by the names of the text encoders.
const FamilyInfo& family_of(const WeightFile& file, const UnetPlace& unet) {
  const std::int64_t width = conditioning_width(file, unet);
  if (const FamilyInfo* family = family_of_width(width)) {
    refuse_second_family(file, *family);
    return *family;
  }
  if (has_prefix(file, kSdCppSecond)) return info_of(Family::sdxl);
  if (is_refiner(file, unet)) return info_of(Family::sdxl_refiner);
  for (const FamilyInfo& family : families()) {
    const auto is_there = [&](std::string_view prefix) { return has_prefix(file, prefix); };
    if (std::ranges::any_of(family.signature.prefixes, is_there)) return family;
  }
  if (has_prefix(file, "text_encoder_2.")) return info_of(Family::sdxl);
  refuse(file, "a U-Net of an unknown family (cross-attention of width " + std::to_string(width) + "; " +
                   family_widths() + " are supported)");
}

// Says what a file without a U-Net in LDM's names is.
[[noreturn]] void refuse_without_unet(const WeightFile& file) {
  if (const std::string named = named_autoencoder(file); !named.empty()) refuse(file, named);
  if (vae_names(file) != VaeNames::none)
    refuse(file, "an autoencoder (VAE) alone. Give it with `vae`, next to a checkpoint");
  if (has_part(file, "text_model.encoder.layers.") || has_part(file, "transformer.resblocks.")) {
    refuse(file,
           "a text encoder alone. Give a whole checkpoint, and this with `text_encoder` or `text_encoder_2` beside it");
  }
  refuse(file, "not a Stable Diffusion checkpoint: none of its " + std::to_string(file.tensors.size()) +
                   " tensors is of a U-Net in known names (the first is " + printable(file.tensors.front().name) + ")");
}

}  // namespace

void check_kind(const WeightFile& file, const UnetPlace& unet) {
  if (file.tensors.empty()) refuse(file, "holds no tensors. Download or copy it again");
  // What is left of an adapter in a whole model does not make it one.
  if (!unet.whole) {
    if (const std::string adapter = adapter_in(file); !adapter.empty()) refuse(file, adapter);
  }
  for (const Architecture& other : kOthers) {
    if (!has_part(file, other.part)) continue;
    const std::string what = std::string(other.title) + " (it has tensors named " + std::string(other.part) + "*)";
    if (unet.whole && !unet.prefix.empty()) {
      refuse(file,
             "of two families: it has a U-Net of Stable Diffusion, and is " + what + ". Give a file with one model");
    }
    refuse(file, what + ". " + family_titles() + " are supported");
  }
  if (unet.names == UnetNames::none) refuse_without_unet(file);
  if (const std::string named = named_model(file, unet); !named.empty()) refuse(file, named);
}

Family recognise(const WeightFile& file) {
  const UnetPlace unet = find_unet(file);
  check_kind(file, unet);
  if (unet.prefix.empty()) {
    refuse(file,
           "a U-Net alone, without text encoder and autoencoder. Give a whole checkpoint of its family, and this with "
           "`unet` beside it");
  }
  return family_of(file, unet).family;
}

bool is_for_inpainting(const WeightFile& file) { return input_channels(file, find_unet(file)) == kInpaintingChannels; }

bool is_refiner(const WeightFile& file, const UnetPlace& unet) {
  const bool only_second = has_prefix(file, "conditioner.embedders.0.model.") &&
                           has_prefix(file, "model.diffusion_model.label_emb.") &&
                           !has_prefix(file, "conditioner.embedders.1.");
  return only_second || conditioning_width(file, unet) == info_of(Family::sdxl_refiner).signature.conditioning_width;
}

VaeNames vae_names(const WeightFile& file) {
  for (const std::string_view prefix : {"", "first_stage_model.", "vae."}) {
    const auto begins = [&](std::string_view name) {
      return has_prefix(file, std::string(prefix) + std::string(name));
    };
    if (!begins("decoder.conv_in.")) continue;
    if (begins("decoder.up.")) return VaeNames::ldm;
    if (begins("decoder.up_blocks.")) return VaeNames::diffusers;
  }
  return VaeNames::none;
}

}  // namespace sfumato
