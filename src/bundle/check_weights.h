// Whether model.json says of a model what its weights are.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bundle/bundle.h"

namespace sfumato {

// The shapes of a network's parameters by their names in the weights.
using ParameterShapes = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

// Compares what model.json states (max_tokens, widths, channels, downscale, segmap, inpainting, which network is which)
// with the shapes of the parameters that decide it, as diffusers and transformers name them. A network that lacks such
// a parameter is another one. Throws Error(bad_bundle) that begins with `where`, the path of model.json, and the field.
void check_weights(const ModelConfig& config, const std::map<NetworkKind, ParameterShapes>& networks,
                   const std::string& where);

// The same for all weights of a bundle; waits until their digests are verified.
void check_weights(const Bundle& bundle);

}  // namespace sfumato
