// A valid model.json around files that hold whatever a test wants.
#pragma once

#include <map>
#include <string>

#include "base/sha256.h"

namespace sfumato {

using Files = std::map<std::string, std::string>;

// What every network of a tiny bundle is made of.
inline const Files kTinyFiles = {
    {"tokenizer.model", "pieces"}, {"graph.ts", "program"}, {"weights.safetensors", "numbers"}};

inline std::string tiny_description(const Files& files) {
  std::string list;
  for (const auto& [name, content] : files) {
    if (!list.empty()) list += ",\n    ";
    list +=
        "\"" + name + "\": {\"size\": " + std::to_string(content.size()) + ", \"sha256\": \"" + sha256(content) + "\"}";
  }
  const std::string network = R"({"graph": "graph.ts", "weights": ["weights.safetensors"]})";
  return R"({
  "format": "sfumato-bundle",
  "format_version": 1,
  "name": "tiny",
  "family": "none",
  "license": "MIT",
  "tokenizer": {"kind": "sentencepiece", "file": "tokenizer.model", "max_tokens": 8, "bos": 1, "eos": 2, "pad": 0},
  "networks": {"text_encoder": )" +
         network + R"(, "unet": )" + network + R"(, "vae_decoder": )" + network + R"(, "vae_encoder": )" + network +
         R"(},
  "conditioning_width": 4,
  "latents": {"channels": 2, "downscale": 8, "scaling_factor": 0.5},
  "noise_schedule": {"train_steps": 1000, "beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02,
    "prediction_type": "epsilon", "timestep_spacing": "leading", "steps_offset": 1, "set_alpha_to_one": false},
  "defaults": {"width": 64, "height": 32, "steps": 7, "cfg_scale": 2.5, "sampling_method": "euler", "scheduler": "discrete"},
  "files": {
    )" + list +
         R"(
  }
})";
}

}  // namespace sfumato
