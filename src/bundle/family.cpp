#include "bundle/family.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

constexpr std::array kOneTextEncoder = {NetworkKind::text_encoder, NetworkKind::unet, NetworkKind::vae_decoder,
                                        NetworkKind::vae_encoder};
constexpr std::array kTwoTextEncoders = {NetworkKind::text_encoder, NetworkKind::text_encoder_2, NetworkKind::unet,
                                         NetworkKind::vae_decoder, NetworkKind::vae_encoder};

constexpr std::array kSecondTextEncoder = {NetworkKind::text_encoder_2, NetworkKind::unet, NetworkKind::vae_decoder,
                                           NetworkKind::vae_encoder};

constexpr std::array<std::string_view, 1> kSd1Prefixes = {"cond_stage_model.transformer."};
constexpr std::array<std::string_view, 2> kSd2Prefixes = {"cond_stage_model.model.", "conditioner.embedders.0.model."};
constexpr std::array<std::string_view, 2> kSdxlPrefixes = {"conditioner.embedders.1.",
                                                           "model.diffusion_model.label_emb."};
constexpr std::array<std::string_view, 2> kRefinerPrefixes = {"conditioner.embedders.0.model.",
                                                              "model.diffusion_model.label_emb."};

constexpr std::string_view kSdLayout = "1 1/1 1/1 1/0 0|1|0 0 0/1 1 1/1 1 1/1 1 1";

// Kim et al. 2024, "BK-SDM"; Gupta et al. 2024, "Progressive Knowledge Distillation of Stable Diffusion XL"; Lee et al.
// 2024, "KOALA". small-sd and tiny-sd have the blocks of BK-SDM base and tiny.
constexpr std::array kDistilledUnets = {
    DistilledUnet{"bk-sdm-base", "BK-SDM base (small-sd)", Family::sd1, "1/1/1/0|1|0 0/1 1/1 1/1 1"},
    DistilledUnet{"bk-sdm-small", "BK-SDM small", Family::sd1, "1/1/1/0||0 0/1 1/1 1/1 1"},
    DistilledUnet{"bk-sdm-tiny", "BK-SDM tiny (tiny-sd)", Family::sd1, "1/1/1||1 1/1 1/1 1"},
    DistilledUnet{"ssd-1b", "SSD-1B", Family::sdxl, "0 0/2 2/4 4|-|4 4 10/2 1 1/0 0 0"},
    DistilledUnet{"segmind-vega", "Segmind Vega", Family::sdxl, "0 0/1 1/2 2|-|2 2 2/1 1 1/0 0 0"},
    DistilledUnet{"koala-1b", "KOALA 1B", Family::sdxl, "0/2/6|6|6 6/2 2/0 0"},
    DistilledUnet{"koala-700m", "KOALA 700M", Family::sdxl, "0/2/5||5 5/2 2/0 0"},
};

constexpr int kEndOfText = 49407;              // CLIP's last token
constexpr int kExclamationMark = 0;            // what OpenCLIP pads with
constexpr std::int64_t kNoStep = -1;           // no published checkpoint is identified by its step count
constexpr std::int64_t kSd2BaseStep = 875000;  // Stable Diffusion 2.0 base, 512 pixels

constexpr std::array kFamilies = {
    FamilyInfo{.family = Family::sd1,
               .name = "sd1",
               .inpainting_name = "sd1-inpaint",
               .instruct_pix2pix_name = "sd1-instruct-pix2pix",
               .title = "Stable Diffusion 1.x",
               .networks = kOneTextEncoder,
               .signature =
                   {.conditioning_width = 768, .text_widths = {768, 0}, .layout = kSdLayout, .prefixes = kSd1Prefixes},
               .linear_projection = false,
               .prediction = {PredictionType::epsilon, PredictionType::epsilon, kNoStep},
               .scaling_factor = 0.18215,
               .epsilon_side = 512,
               .v_prediction_side = 512,
               .cfg_scale = 7.5,
               .pad = kEndOfText,
               .pad_2 = {},
               .zero_empty_negative_prompt = false},
    FamilyInfo{.family = Family::sd2,
               .name = "sd2",
               .inpainting_name = "sd2-inpaint",
               .instruct_pix2pix_name = "",
               .title = "Stable Diffusion 2.x",
               .networks = kOneTextEncoder,
               .signature = {.conditioning_width = 1024,
                             .text_widths = {1024, 0},
                             .layout = kSdLayout,
                             .prefixes = kSd2Prefixes},
               .linear_projection = true,
               .prediction = {PredictionType::v_prediction, PredictionType::epsilon, kSd2BaseStep},
               .scaling_factor = 0.18215,
               .epsilon_side = 512,
               .v_prediction_side = 768,
               .cfg_scale = 7.5,
               .pad = kExclamationMark,
               .pad_2 = {},
               .zero_empty_negative_prompt = false},
    FamilyInfo{.family = Family::sdxl,
               .name = "sdxl",
               .inpainting_name = "sdxl-inpaint",
               .instruct_pix2pix_name = "sdxl-instruct-pix2pix",
               .title = "Stable Diffusion XL",
               .networks = kTwoTextEncoders,
               .signature = {.conditioning_width = 2048,
                             .text_widths = {768, 1280},
                             .layout = "0 0/2 2/10 10|10|10 10 10/2 2 2/0 0 0",
                             .prefixes = kSdxlPrefixes},
               .linear_projection = true,
               .prediction = {PredictionType::epsilon, PredictionType::epsilon, kNoStep},
               .scaling_factor = 0.13025,
               .epsilon_side = 1024,
               .v_prediction_side = 1024,
               .cfg_scale = 5.0,
               .pad = kEndOfText,
               .pad_2 = kExclamationMark,
               .zero_empty_negative_prompt = true,
               .timestep_spacing = TimestepSpacing::leading},
    FamilyInfo{.family = Family::sdxl_refiner,
               .name = "sdxl-refiner",
               .inpainting_name = "sdxl-refiner-inpaint",
               .instruct_pix2pix_name = "",
               .graphs_of = "sdxl",
               .title = "Stable Diffusion XL refiner",
               .networks = kSecondTextEncoder,
               .signature = {.conditioning_width = 1280,
                             .text_widths = {0, 1280},
                             .layout = "0 0/4 4/4 4/0 0|4|0 0 0/4 4 4/4 4 4/0 0 0",
                             .prefixes = kRefinerPrefixes},
               .linear_projection = true,
               .prediction = {PredictionType::epsilon, PredictionType::epsilon, kNoStep},
               .scaling_factor = 0.13025,
               .epsilon_side = 1024,
               .v_prediction_side = 1024,
               .cfg_scale = 5.0,
               .pad = kEndOfText,
               .pad_2 = kExclamationMark,
               .zero_empty_negative_prompt = false,
               .requires_aesthetics_score = true,
               .timestep_spacing = TimestepSpacing::leading},
};

// info_of() indexes by the enumerator.
static_assert([] {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (static_cast<std::size_t>(kFamilies[i].family) != i) return false;
  }
  return kFamilies.size() == static_cast<std::size_t>(Family::sdxl_refiner) + 1;
}());

// "a, b and c"
template <typename Word>
std::string list_of(const Word& word) {
  std::string list;
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (i > 0) list += i + 1 == kFamilies.size() ? " and " : ", ";
    list += word(kFamilies[i]);
  }
  return list;
}

}  // namespace

std::span<const FamilyInfo> families() { return kFamilies; }

const FamilyInfo& info_of(Family family) { return kFamilies[static_cast<std::size_t>(family)]; }

std::string name_of(Family family, bool inpainting) {
  return std::string(inpainting ? info_of(family).inpainting_name : info_of(family).name);
}

bool has(const FamilyInfo& family, NetworkKind kind) {
  return std::ranges::find(family.networks, kind) != family.networks.end();
}

int trained_side(const FamilyInfo& family, PredictionType prediction) {
  return prediction == PredictionType::v_prediction ? family.v_prediction_side : family.epsilon_side;
}

const FamilyInfo* family_of_width(std::int64_t conditioning_width) {
  const auto found = std::ranges::find_if(
      kFamilies, [&](const FamilyInfo& family) { return family.signature.conditioning_width == conditioning_width; });
  return found == kFamilies.end() ? nullptr : &*found;
}

std::span<const DistilledUnet> distilled_unets() { return kDistilledUnets; }

const DistilledUnet* distilled_unet(Family family, std::string_view layout) {
  const auto found = std::ranges::find_if(
      kDistilledUnets, [&](const DistilledUnet& unet) { return unet.family == family && unet.layout == layout; });
  return found == kDistilledUnets.end() ? nullptr : &*found;
}

std::string family_titles() {
  return list_of([](const FamilyInfo& family) { return std::string(family.title); });
}

std::string family_widths() {
  return list_of([](const FamilyInfo& family) { return std::to_string(family.signature.conditioning_width); });
}

}  // namespace sfumato
