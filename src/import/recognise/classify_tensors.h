// Where every tensor of a file that is imported goes, or why it is not used.
#pragma once

#include <string>
#include <vector>

#include "import/recognise/weight_file.h"
#include "names/parameter_slot.h"

namespace sfumato {

struct ClassifiedTensor {
  const WeightFile* file = nullptr;
  const StoredTensor* tensor = nullptr;
  std::vector<ParameterSlot> slots;  // empty: the tensor is not used
  std::string unused_as;             // if it is not used: its group, in the plural ("position ids")
  float scale = 1;                   // its numbers are to be multiplied by this: of scaled fp8
  bool is_made = false;              // the tensor lies in memory, computed from those of the file
};

// Some files hold a moving average (EMA) of the U-Net next to its plain weights. leave: the plain weights are used;
// take: the averages are.
enum class EmaWeights { leave, take };

// A checkpoint in one file, in LDM's or diffusers' names. What is left in it of LoRAs or ControlNets is not used.
// Throws Error(bad_data) if EMA weights are to be taken and not all are there, and for a scale of fp8 weights that is
// not a positive number.
[[nodiscard]] std::vector<ClassifiedTensor> classify_checkpoint(const WeightFile& file, EmaWeights ema);

// A file that holds a U-Net, alone or in a whole checkpoint, in LDM's or diffusers' names. Throws Error(bad_data) if it
// has none, or one that is named (recognise.h).
[[nodiscard]] std::vector<ClassifiedTensor> classify_unet(const WeightFile& file);

// A file that holds a text encoder, in transformers' or OpenCLIP's names, behind any of the prefixes of checkpoints.
// encoder: text_encoder or text_encoder_2. Throws Error(bad_data) if it has none.
[[nodiscard]] std::vector<ClassifiedTensor> classify_text_encoder(const WeightFile& file, NetworkKind encoder);

// A file that holds an autoencoder, alone or in a whole checkpoint. Throws Error(bad_data) if it has no autoencoder.
[[nodiscard]] std::vector<ClassifiedTensor> classify_vae(const WeightFile& file);

// One network of a diffusers folder, in diffusers' and transformers' names. kind: either of vae_decoder and vae_encoder
// stands for the whole autoencoder.
[[nodiscard]] std::vector<ClassifiedTensor> classify_network(const WeightFile& file, NetworkKind kind);

}  // namespace sfumato
