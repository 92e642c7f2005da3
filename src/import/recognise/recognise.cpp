#include "import/recognise/recognise.h"

#include <algorithm>
#include <array>

#include "base/bad_data.h"
#include "base/printable.h"
#include "import/recognise/adapters.h"

namespace sfumato {
namespace {

constexpr std::string_view kUnet = "model.diffusion_model.";

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

[[noreturn]] void refuse(const WeightFile& file, const std::string& what) { throw_bad_data(file.where, what); }

bool has_prefix(const WeightFile& file, std::string_view prefix) {
  return std::ranges::any_of(file.tensors, [&](const StoredTensor& tensor) { return tensor.name.starts_with(prefix); });
}

bool has_part(const WeightFile& file, std::string_view part) {
  return std::ranges::any_of(file.tensors,
                             [&](const StoredTensor& tensor) { return tensor.name.find(part) != std::string::npos; });
}

// The second dimension of the first matrix whose name has this prefix and suffix; 0 if there is none.
std::int64_t width(const WeightFile& file, std::string_view prefix, std::string_view suffix) {
  for (const StoredTensor& tensor : file.tensors) {
    if (tensor.name.starts_with(prefix) && tensor.name.ends_with(suffix) && tensor.shape.size() >= 2)
      return tensor.shape[1];
  }
  return 0;
}

// A U-Net of a published width is of that family if it has the family's characteristic tensors; other widths are
// recognised by the names of the text encoders.
Family family_by_signature(const WeightFile& file, std::int64_t conditioning_width) {
  if (const FamilyInfo* family = family_of_width(conditioning_width)) {
    const std::string prefix(family->signature.unet_prefix);
    if (has_prefix(file, prefix)) return family->family;
    refuse(file, "a variant of " + std::string(family->title) + " whose U-Net lacks " + prefix +
                     "*, such as SSD-1B, which is not supported. Give a model with all blocks");
  }
  if (conditioning_width == 1280 || has_prefix(file, "conditioner.embedders.0.model.")) {
    refuse(file, "an SDXL refiner, which only finishes pictures of the base model. Give the base model");
  }
  for (const FamilyInfo& family : families()) {
    const auto is_there = [&](std::string_view prefix) { return has_prefix(file, prefix); };
    if (std::ranges::any_of(family.signature.prefixes, is_there)) return family.family;
  }
  refuse(file, "a U-Net of an unknown family (cross-attention of width " + std::to_string(conditioning_width) + "; " +
                   family_widths() + " are supported)");
}

std::int64_t input_channels(const WeightFile& file) { return width(file, kUnet, "input_blocks.0.0.weight"); }

void check_input_channels(const WeightFile& file, std::int64_t channels) {
  switch (channels) {
    case 8:
      refuse(file,
             "an InstructPix2Pix model (its U-Net takes 8 channels), which edits pictures and is not supported. Give a "
             "text-to-image model");
    case 7:
      refuse(file, "an upscaler (its U-Net takes 7 channels). Give a text-to-image model");
    case 5:
      refuse(file, "a depth-guided model (its U-Net takes 5 channels). Give a text-to-image model");
    default:
      break;
  }
}

// Says what a file without a U-Net in LDM's names is.
[[noreturn]] void refuse_without_unet(const WeightFile& file) {
  if (vae_names(file) != VaeNames::none)
    refuse(file, "an autoencoder (VAE) alone. Give it with `vae`, next to a checkpoint");
  if (has_prefix(file, "down_blocks.") && has_prefix(file, "time_embedding.")) {
    refuse(file, "a U-Net alone, in diffusers' names. Give the folder that holds model_index.json");
  }
  if (has_prefix(file, "input_blocks.0.0.") && has_prefix(file, "time_embed.")) {
    refuse(file, "a U-Net alone, without text encoder and autoencoder. Give a whole checkpoint");
  }
  if (has_part(file, "text_model.encoder.layers.") || has_part(file, "transformer.resblocks.")) {
    refuse(file, "a text encoder alone. Give a whole checkpoint, or the folder that holds model_index.json");
  }
  refuse(file, "not a Stable Diffusion checkpoint: none of its " + std::to_string(file.tensors.size()) +
                   " tensors is of a U-Net in known names (the first is " + printable(file.tensors.front().name) + ")");
}

}  // namespace

Family recognise(const WeightFile& file) {
  if (file.tensors.empty()) refuse(file, "holds no tensors. Download or copy it again");
  if (const std::string adapter = adapter_in(file); !adapter.empty()) refuse(file, adapter);
  for (const Architecture& other : kOthers) {
    if (has_part(file, other.part)) {
      refuse(file, std::string(other.title) + " (it has tensors named " + std::string(other.part) + "*). " +
                       family_titles() + " are supported");
    }
  }
  if (!has_prefix(file, kUnet)) refuse_without_unet(file);
  check_input_channels(file, input_channels(file));
  if (has_prefix(file, "edm_mean")) refuse(file, "a Playground 2.5 model, whose noise (EDM) is not supported");
  if (has_prefix(file, "edm_vpred.sigma_max")) refuse(file, "a model of EDM noise (edm_vpred), which is not supported");
  return family_by_signature(file, width(file, kUnet, ".attn2.to_k.weight"));
}

bool is_for_inpainting(const WeightFile& file) { return input_channels(file) == kInpaintingChannels; }

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
