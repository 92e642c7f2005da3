#include <array>
#include <utility>

#include "base/printable.h"
#include "import/recognise/checkpoint.h"
#include "import/recognise/checkpoint_schedule.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/recognise.h"
#include "import/recognise/unet_names.h"

namespace sfumato {
namespace {

// The tensors tell what a model is; what its metadata say otherwise was left by another one.
void note_other_architecture(const WeightFile& file, Checkpoint& checkpoint) {
  constexpr std::string_view key = "modelspec.architecture";
  constexpr std::array<std::pair<std::string_view, Family>, 3> architectures = {
      {{"stable-diffusion-v1", Family::sd1},
       {"stable-diffusion-v2", Family::sd2},
       {"stable-diffusion-xl", Family::sdxl}}};
  const auto stated = file.metadata.find(key);
  if (stated == file.metadata.end()) return;
  for (const auto& [begin, family] : architectures) {
    if (!stated->second.starts_with(begin) || family == checkpoint.family) continue;
    checkpoint.schedule.notes.push_back("ignored: " + std::string(key) + " " + printable(stated->second, 60) +
                                        " of its metadata, as its tensors are of " +
                                        std::string(info_of(checkpoint.family).title));
  }
}

}  // namespace

Checkpoint open_checkpoint_file(const std::filesystem::path& path, const CheckpointOptions& options) {
  Checkpoint checkpoint{.name = path.stem().string()};
  checkpoint.files.push_back(open_weights(path));
  const WeightFile& file = checkpoint.files.back();
  checkpoint.where = file.where;
  checkpoint.family = recognise(file);
  const FamilyInfo& family = info_of(checkpoint.family);
  set_input_channels(checkpoint, input_channels(file, find_unet(file)), file.where);
  checkpoint.tensors = classify_checkpoint(file, options.ema);
  checkpoint.schedule = checkpoint_schedule(file, family, options.prediction_type);
  note_other_architecture(file, checkpoint);
  checkpoint.latents.scaling_factor = family.scaling_factor;
  if (const auto latents = edm_latents(file)) checkpoint.latents = *latents;
  checkpoint.zero_empty_negative_prompt = family.zero_empty_negative_prompt;
  if (const auto license = file.metadata.find("modelspec.license"); license != file.metadata.end()) {
    checkpoint.license = license->second;
  }
  return checkpoint;
}

}  // namespace sfumato
