#include "import/recognise/checkpoint.h"

#include <algorithm>

#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

bool is_vae(const ClassifiedTensor& tensor) {
  if (tensor.slots.empty()) return false;
  const NetworkKind network = tensor.slots.front().network;
  return network == NetworkKind::vae_decoder || network == NetworkKind::vae_encoder;
}

// Replaces the checkpoint's autoencoder by that of `path`.
void replace_vae(const std::filesystem::path& path, const std::string& variant, Checkpoint& checkpoint) {
  for (ClassifiedTensor& tensor : checkpoint.tensors) {
    if (!is_vae(tensor)) continue;
    tensor.slots.clear();
    tensor.unused_as = "parts of its own VAE";
  }
  const std::size_t before = checkpoint.files.size();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    const bool inside = std::filesystem::is_directory(path / "vae", error);
    const std::filesystem::path folder = inside ? path / "vae" : path;
    open_weight_set(folder, "diffusion_pytorch_model", variant, checkpoint.files);
    if (std::filesystem::exists(folder / "config.json", error)) {
      checkpoint.scaling_factor = read_scaling_factor(folder / "config.json", info_of(checkpoint.family));
    }
  } else {
    checkpoint.files.push_back(open_weights(path));
  }
  for (std::size_t i = before; i < checkpoint.files.size(); ++i) {
    for (ClassifiedTensor& tensor : classify_vae(checkpoint.files[i])) {
      checkpoint.tensors.push_back(std::move(tensor));
    }
  }
}

}  // namespace

Checkpoint open_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options) {
  std::error_code error;
  Checkpoint checkpoint = std::filesystem::is_directory(path, error) ? open_diffusers_folder(path, options)
                                                                     : open_checkpoint_file(path, options);
  if (!options.vae.empty()) replace_vae(options.vae, options.variant, checkpoint);
  return checkpoint;
}

}  // namespace sfumato
