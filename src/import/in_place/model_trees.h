// The checkpoints in the folders that people keep them in, as other programs lay them out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

// The folders with checkpoints that `root` stands for: models/Stable-diffusion of AUTOMATIC1111's and Forge's tree,
// models/checkpoints of ComfyUI's, these without models/ too, and those that ComfyUI's extra_model_paths.yaml in it
// names; root itself if it has none of these. Only folders that exist. Throws Error(bad_data) for an
// extra_model_paths.yaml that is not YAML.
[[nodiscard]] std::vector<std::filesystem::path> checkpoint_folders(const std::filesystem::path& root);

// The files .safetensors, .gguf and .ckpt, and the diffusers folders (those with model_index.json), in the folder and
// below it, sorted. Follows links to folders, into each folder once, at most 8 deep. Hidden folders are left out.
[[nodiscard]] std::vector<std::filesystem::path> checkpoints_in(const std::filesystem::path& folder);

// Whether a person may call the checkpoint so: by its file name, with or without the extension; in a hub cache by NAME
// or OWNER/NAME.
[[nodiscard]] bool is_called(const std::filesystem::path& checkpoint, std::string_view name);

// Where Hugging Face's programs keep what they download: $HF_HUB_CACHE, $HF_HOME/hub, or ~/.cache/huggingface/hub;
// nullopt if there is none.
[[nodiscard]] std::optional<std::filesystem::path> hub_cache();

}  // namespace sfumato
