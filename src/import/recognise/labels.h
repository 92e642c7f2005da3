// Every tensor of what is imported, with where it goes or why it goes nowhere.
#pragma once

#include <string>
#include <vector>

#include "import/recognise/weight_file.h"
#include "names/parameter_slot.h"

namespace sfumato {

struct ClassifiedTensor {
  const WeightFile* file = nullptr;
  const StoredTensor* tensor = nullptr;
  std::vector<ParameterSlot> targets;  // none: it is not used
  std::string unused_as;               // then: of which group it is, in the plural ("position ids")
};

enum class EmaWeights { leave, take };

// A checkpoint in one file, in LDM's names. Training keeps a moving average (EMA) of the U-Net beside it in some files;
// the plain weights are taken unless it is asked for. Throws Error(bad_data) if it is asked for and not whole.
[[nodiscard]] std::vector<ClassifiedTensor> label_checkpoint(const WeightFile& file, EmaWeights ema);

// An autoencoder alone, or that of a whole checkpoint. Throws Error(bad_data) if there is none.
[[nodiscard]] std::vector<ClassifiedTensor> label_vae(const WeightFile& file);

// A part of a diffusers folder, in diffusers' and transformers' names. For the autoencoder either of its kinds is
// given.
[[nodiscard]] std::vector<ClassifiedTensor> label_part(const WeightFile& file, NetworkKind kind);

}  // namespace sfumato
