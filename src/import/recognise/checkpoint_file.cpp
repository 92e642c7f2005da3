#include "import/recognise/checkpoint.h"
#include "import/recognise/checkpoint_schedule.h"
#include "import/recognise/recognise.h"

namespace sfumato {

Checkpoint open_checkpoint_file(const std::filesystem::path& path, const CheckpointOptions& options) {
  Checkpoint checkpoint{.name = path.stem().string()};
  checkpoint.files.push_back(open_weights(path));
  const WeightFile& file = checkpoint.files.back();
  checkpoint.where = file.where;
  checkpoint.family = recognise(file);
  const FamilyInfo& family = info_of(checkpoint.family);
  checkpoint.inpainting = is_for_inpainting(file);
  checkpoint.tensors = classify_checkpoint(file, options.ema);
  checkpoint.schedule = checkpoint_schedule(file, family, options.prediction_type);
  checkpoint.scaling_factor = family.scaling_factor;
  checkpoint.zero_empty_negative_prompt = family.zero_empty_negative_prompt;
  if (const auto license = file.metadata.find("modelspec.license"); license != file.metadata.end()) {
    checkpoint.license = license->second;
  }
  return checkpoint;
}

}  // namespace sfumato
