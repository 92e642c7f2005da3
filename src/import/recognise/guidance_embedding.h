// Full latent consistency models (Luo et al. 2023, arXiv:2310.04378, section 4.2): their U-Net takes the guidance scale
// as an embedding, which is added to that of the timestep before its first linear layer. For one guidance scale that is
// a constant, so it becomes a part of that layer's bias, and the family's own graph draws the model.
#pragma once

#include <optional>

#include "import/recognise/checkpoint.h"

namespace sfumato {

inline constexpr double kGuidanceEmbedding = 7.5;  // guidance scale, of diffusers' LatentConsistencyModelPipeline
inline constexpr double kMaxGuidanceEmbedding = 50;

// Does nothing for a checkpoint without such an embedding. guidance_scale: nullopt takes kGuidanceEmbedding. Throws
// Error(bad_data) if tensors of the embedding are missing or do not fit, Error(usage) if guidance_scale is given and
// the checkpoint has no embedding.
void fold_guidance(Checkpoint& checkpoint, std::optional<double> guidance_scale);

}  // namespace sfumato
