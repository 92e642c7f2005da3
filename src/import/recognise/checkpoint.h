// What is imported: a checkpoint in one file, or a diffusers folder, read as far as its names and numbers.
#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "import/recognise/labels.h"
#include "import/recognise/schedule.h"

namespace sfumato {

struct CheckpointOptions {
  std::optional<PredictionType> prediction_type{};  // over what the source says
  EmaWeights ema = EmaWeights::leave;               // of a file that has both
  std::string variant{};                            // of a folder's weights: "fp16"; empty: whichever is there
  std::filesystem::path vae{};                      // a file or a folder with another autoencoder; empty: its own
};

struct Checkpoint {
  std::string where{};  // how messages name it
  std::string name{};   // of the model, unless another is given
  Family family = Family::sd1;
  bool inpainting = false;         // its U-Net also takes a mask and the latents of the masked picture
  std::deque<WeightFile> files{};  // tensors point into them
  std::vector<ClassifiedTensor> tensors{};
  Schedule schedule{};
  double scaling_factor = 1;
  int latent_side = 0;  // that it was trained for; 0: the source does not say
  bool zero_empty_negative_prompt = false;
  std::string license{};  // empty: the source does not say
  std::vector<std::string> notes{};
};

// Throws Error(input_missing) or Error(bad_data): path, what is wrong, what to do.
[[nodiscard]] Checkpoint open_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options);

// The two kinds of it (checkpoint_source.cpp, folder_source.cpp). A VAE of its own is not looked at.
[[nodiscard]] Checkpoint open_checkpoint_file(const std::filesystem::path& path, const CheckpointOptions& options);
[[nodiscard]] Checkpoint open_diffusers_folder(const std::filesystem::path& path, const CheckpointOptions& options);

// What an autoencoder's config.json says its latents are multiplied with; the family's if it does not say.
[[nodiscard]] double read_scaling_factor(const std::filesystem::path& config, Family family);

}  // namespace sfumato
