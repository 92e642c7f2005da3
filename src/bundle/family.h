// The families of Stable Diffusion that can be imported: one row each. Adding a family means a row here and its graphs
// in models/graphs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bundle/model_config.h"
#include "bundle/network_kind.h"

namespace sfumato {

enum class Family { sd1, sd2, sdxl, sdxl_refiner };

// Input channels of a U-Net for inpainting: 4 of the latents, the mask, 4 of the masked image's latents.
inline constexpr int kInpaintingChannels = 9;
// The same for editing pictures (InstructPix2Pix): 4 of the latents, 4 of the picture's latents.
inline constexpr int kInstructPix2PixChannels = 8;

// How a checkpoint is recognised.
struct FamilySignature {
  // Last dimension of the U-Net's cross-attention in the published networks.
  int conditioning_width;
  // The same of the token embeddings of text_encoder and text_encoder_2; 0: it does not have that one.
  std::array<int, 2> text_widths;
  // Blocks of the published U-Net (names/unet_layout.h).
  std::string_view layout;
  // Prefixes of tensors that no other family has, in LDM's names. They identify networks of other widths.
  std::span<const std::string_view> prefixes;
};

// A smaller U-Net that was distilled from a family's and has a graph of its own.
struct DistilledUnet {
  std::string_view name;   // "ssd-1b": the word in model.json and the folder of its graph
  std::string_view title;  // "SSD-1B"
  Family family;           // the other networks are this family's
  std::string_view layout;
};

// The prediction type of checkpoints that do not state it.
struct FamilyPrediction {
  PredictionType type;
  PredictionType inpainting;
  // `global_step` of a published checkpoint of this family that predicts epsilon all the same; -1: there is none.
  std::int64_t epsilon_global_step;
};

struct FamilyInfo {
  Family family;
  std::string_view name;                   // "sd1": the word in model.json and the folder of its graphs
  std::string_view inpainting_name;        // the same for its networks for inpainting
  std::string_view instruct_pix2pix_name;  // the same for a U-Net that edits pictures; empty: it has no graph
  std::string_view graphs_of{};            // the folder with the graphs that it has in common with another family
  std::string_view title;                  // "Stable Diffusion 1.x"
  std::span<const NetworkKind> networks;
  FamilySignature signature;
  bool linear_projection;  // whether the attention's projections are linear layers in diffusers' config, not
                           // convolutions
  FamilyPrediction prediction;
  double scaling_factor;            // of the latents, unless the source states another
  int epsilon_side;                 // pixels of a side that checkpoints predicting epsilon (or x0) were trained for
  int v_prediction_side;            // the same for v-prediction
  double cfg_scale;                 // default of diffusers' pipeline
  int pad;                          // token id that fills up the first text encoder's input
  std::optional<int> pad_2;         // the same for the second
  bool zero_empty_negative_prompt;  // unless the source states it: conditioning of an empty negative prompt is zeros
  bool requires_aesthetics_score = false;  // ModelConfig::requires_aesthetics_score
  // In the published model's scheduler_config.json; nullopt: it states none.
  std::optional<TimestepSpacing> timestep_spacing{};
};

[[nodiscard]] std::span<const FamilyInfo> families();
[[nodiscard]] const FamilyInfo& info_of(Family family);

// The word in model.json and the folder of the graphs: "sd1", "sd1-inpaint".
[[nodiscard]] std::string name_of(Family family, bool inpainting);
[[nodiscard]] bool has(const FamilyInfo& family, NetworkKind kind);
// Pixels of a side that checkpoints of this prediction type were trained for.
[[nodiscard]] int trained_side(const FamilyInfo& family, PredictionType prediction);
// The family whose published cross-attention is that wide.
[[nodiscard]] const FamilyInfo* family_of_width(std::int64_t conditioning_width);

// The U-Nets that are smaller than their family's, and the one with these blocks; nullptr if there is none.
[[nodiscard]] std::span<const DistilledUnet> distilled_unets();
[[nodiscard]] const DistilledUnet* distilled_unet(Family family, std::string_view layout);

// For messages: "Stable Diffusion 1.x, ..., Stable Diffusion XL and Stable Diffusion XL refiner", "768, ..., 2048 and
// 1280".
[[nodiscard]] std::string family_titles();
[[nodiscard]] std::string family_widths();

}  // namespace sfumato
