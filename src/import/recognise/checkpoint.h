// What is imported: a checkpoint in one file or a diffusers folder. Tensors stay in their files, which are mapped.
#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bundle/family.h"
#include "import/recognise/classify_tensors.h"
#include "import/recognise/schedule.h"

namespace sfumato {

struct CheckpointOptions {
  std::optional<PredictionType> prediction_type{};  // explicit; wins over the checkpoint's own
  EmaWeights ema = EmaWeights::leave;               // of a file that has both
  std::string variant{};                            // of a folder's weights: "fp16"; empty: the one that is there
  // Files or folders of parts that take the place of the checkpoint's; empty: its own.
  std::filesystem::path unet{};
  std::filesystem::path text_encoder{};
  std::filesystem::path text_encoder_2{};
  std::filesystem::path vae{};
  std::optional<double> guidance_embedding{};  // guidance scale of a full LCM model (guidance_embedding.h)
};

// A tensor that is computed from those of the files.
struct MadeTensor {
  StoredTensor tensor{};
  std::vector<float> numbers{};
};

struct Checkpoint {
  std::string where{};  // its path in messages
  std::string name{};   // default name of the model
  Family family = Family::sd1;
  bool inpainting = false;  // the U-Net also takes a mask and the latents of the masked image
  std::optional<InstructPix2PixConfig> instruct_pix2pix{};  // the U-Net edits pictures
  const DistilledUnet* distilled = nullptr;                 // its U-Net, if that is a smaller one of the family
  std::string layout{};                                     // of its U-Net's blocks (names/unet_layout.h)
  std::deque<WeightFile> files{};                           // tensors point into them
  std::size_t own_files = 0;  // the first so many; the rest are of parts that replace its own
  std::vector<ClassifiedTensor> tensors{};
  std::deque<MadeTensor> made{};   // tensors point into them, too
  bool guidance_embedded = false;  // a guidance scale is a part of the U-Net, so it is drawn at cfg scale 1
  Schedule schedule{};
  LatentConfig latents{};  // without channels and downscale, which the graphs give
  int latent_side = 0;     // that it was trained for; 0: not stated
  bool zero_empty_negative_prompt = false;
  std::string license{};  // empty: not stated
};

// The word in model.json and the folder of the U-Net's graph: "sdxl", "sd1-inpaint", "ssd-1b".
[[nodiscard]] std::string graph_name(const Checkpoint& checkpoint);
// Throws Error(bad_data) unless the blocks of the U-Net are those of graph_name(): for a model without graphs of its
// own.
void check_blocks(const Checkpoint& checkpoint);

// Throws Error(input_missing) or Error(bad_data): path, what is wrong, what to do.
[[nodiscard]] Checkpoint open_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options);

// The two kinds (checkpoint_file.cpp, diffusers_folder.cpp), without the parts that options name.
[[nodiscard]] Checkpoint open_checkpoint_file(const std::filesystem::path& path, const CheckpointOptions& options);
[[nodiscard]] Checkpoint open_diffusers_folder(const std::filesystem::path& path, const CheckpointOptions& options);

// What an autoencoder's config.json says of its latents: scaling_factor (the family's if it states none), latents_mean
// and latents_std.
[[nodiscard]] LatentConfig read_latent_config(const std::filesystem::path& config, const FamilyInfo& family);

// Sets inpainting and instruct_pix2pix by the channels that the U-Net takes. Throws Error(bad_data) that begins with
// `where` for a U-Net that takes others, or a family without such a graph.
void set_input_channels(Checkpoint& checkpoint, std::int64_t channels, const std::string& where);

}  // namespace sfumato
