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
};

// Some files hold a moving average (EMA) of the U-Net next to its plain weights. leave: the plain weights are used;
// take: the averages are.
enum class EmaWeights { leave, take };

// A checkpoint in one file, in LDM's names. Throws Error(bad_data) if EMA weights are to be taken and not all are
// there.
[[nodiscard]] std::vector<ClassifiedTensor> classify_checkpoint(const WeightFile& file, EmaWeights ema);

// A file that holds an autoencoder, alone or in a whole checkpoint. Throws Error(bad_data) if it has no autoencoder.
[[nodiscard]] std::vector<ClassifiedTensor> classify_vae(const WeightFile& file);

// One network of a diffusers folder, in diffusers' and transformers' names. kind: either of vae_decoder and vae_encoder
// stands for the whole autoencoder.
[[nodiscard]] std::vector<ClassifiedTensor> classify_network(const WeightFile& file, NetworkKind kind);

}  // namespace sfumato
