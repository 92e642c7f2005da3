// The `prompt` text of a ComfyUI PNG: the graph that was run, as JSON.
//
//   {"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 20, "positive": ["6", 0], ...}}, "6": {...}}
//
// A graph may be anything. From the usual one, a sampler fed by texts and an empty latent image, all options are read;
// from others those that are certain, with a warning for the rest.
#pragma once

#include <string>

#include "metadata/image_record.h"

namespace sfumato {

// Does not throw for any text.
[[nodiscard]] ImageRecord record_of_comfyui_graph(const std::string& json);

}  // namespace sfumato
