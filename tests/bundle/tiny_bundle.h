// A bundle of a few bytes: a valid model.json around files that hold whatever a test wants.
#pragma once

#include <map>
#include <string>

#include "base/sha256.h"
#include "test_folder.h"

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

// Writes the files and model.json into the test's own folder.
inline std::filesystem::path tiny_bundle(const Files& files, const std::string& description) {
  const std::filesystem::path folder = test_folder();
  for (const auto& [name, content] : files) write_file(folder / name, content);
  write_file(folder / "model.json", description);
  return folder;
}

inline std::filesystem::path tiny_bundle(const Files& files = kTinyFiles) {
  return tiny_bundle(files, tiny_description(files));
}

// `text` with `from` replaced wherever it is. A test whose `from` is not there tests nothing, so that throws.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("not in the text: " + from);
  for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

}  // namespace sfumato
