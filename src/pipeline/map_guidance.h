// Guidance by a semantic map.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <string>

#include "bundle/map_classes.h"
#include "bundle/model_config.h"
#include "diffusion/denoiser.h"
#include "sfumato/options.h"

namespace sfumato {

// Sets concat and its scale for a model that draws from maps (model.segmap). Without options.map.segmap, which a model
// with an optional map and map_scale 0 allow, concat is zero: guidance by prompt alone. Returns how the file was
// changed, for the user; mostly empty. Throws as read_map().
[[nodiscard]] std::string guide_by_map(Guidance& guidance, const GenerateOptions& options, const ModelConfig& model,
                                       std::span<const MapClass> classes, at::Device device);

}  // namespace sfumato
