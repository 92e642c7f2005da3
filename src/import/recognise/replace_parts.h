// Parts of a checkpoint from other files: a U-Net, text encoders, an autoencoder.
#pragma once

#include "import/recognise/checkpoint.h"

namespace sfumato {

// Each part that options name takes the place of the checkpoint's own; with a U-Net come its inpainting channels and
// what its file says of the noise schedule. A part is a .safetensors file, alone or a whole checkpoint, or a folder of
// diffusers. Throws Error(bad_data) if a file has no such part, or one of another family; otherwise as open_weights()
// and open_weight_set().
void replace_parts(const CheckpointOptions& options, Checkpoint& checkpoint);

}  // namespace sfumato
