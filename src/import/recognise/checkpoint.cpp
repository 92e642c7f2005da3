#include "import/recognise/checkpoint.h"

#include <algorithm>

#include "base/printable.h"
#include "import/recognise/weight_set.h"

namespace sfumato {
namespace {

bool is_vae(const ClassifiedTensor& labelled) {
  return !labelled.targets.empty() && (labelled.targets.front().network == NetworkKind::vae_decoder ||
                                       labelled.targets.front().network == NetworkKind::vae_encoder);
}

// The autoencoder of `path` takes the place of the source's own.
void replace_vae(const std::filesystem::path& path, const std::string& variant, Checkpoint& source) {
  for (ClassifiedTensor& labelled : source.tensors) {
    if (!is_vae(labelled)) continue;
    labelled.targets.clear();
    labelled.unused_as = "parts of its own VAE";
  }
  const std::size_t before = source.files.size();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    const bool inside = std::filesystem::is_directory(path / "vae", error);
    const std::filesystem::path folder = inside ? path / "vae" : path;
    open_weight_set(folder, "diffusion_pytorch_model", variant, source.files);
    if (std::filesystem::exists(folder / "config.json", error)) {
      source.scaling_factor = read_scaling_factor(folder / "config.json", source.family);
    }
  } else {
    source.files.push_back(open_weights(path));
  }
  for (std::size_t i = before; i < source.files.size(); ++i) {
    for (ClassifiedTensor& labelled : label_vae(source.files[i])) source.tensors.push_back(std::move(labelled));
  }
}

}  // namespace

Checkpoint open_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options) {
  std::error_code error;
  Checkpoint source = std::filesystem::is_directory(path, error) ? open_diffusers_folder(path, options)
                                                                 : open_checkpoint_file(path, options);
  if (!options.vae.empty()) replace_vae(options.vae, options.variant, source);
  return source;
}

}  // namespace sfumato
