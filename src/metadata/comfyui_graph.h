// The `prompt` text of a PNG that ComfyUI wrote: the graph that was run, as JSON.
//
//   {"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 20, "positive": ["6", 0], ...}}, "6": {...}}
//
// Such a graph can be anything. Of the usual ones, one sampler fed by texts and an empty picture, all values are found;
// of others as many as can be told for certain, and the rest is named as a doubt.
#pragma once

#include <string>

#include "metadata/image_record.h"

namespace sfumato {

// Never throws for what is in the text.
[[nodiscard]] ImageRecord record_of_comfyui_graph(const std::string& json);

}  // namespace sfumato
