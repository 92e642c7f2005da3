// The noise schedule that checkpoints of CompVis' code carry as a tensor.
#pragma once

#include "import/recognise/weight_file.h"

namespace sfumato {

enum class AlphasCumprod { absent, stable_diffusion, zero_snr };

// The file's `alphas_cumprod`: none, or nothing but zeros; those of kStableDiffusionNoise; the same, rescaled so that
// the last is 0 (Lin et al. 2024, algorithm 1). Throws Error(bad_data) if it is not a list of 1000 numbers that
// descend, or is of another schedule, which would draw another picture.
[[nodiscard]] AlphasCumprod read_alphas_cumprod(const WeightFile& file);

}  // namespace sfumato
