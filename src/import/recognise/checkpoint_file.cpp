#include "import/recognise/checkpoint.h"
#include "import/recognise/recognise.h"

namespace sfumato {

Checkpoint open_checkpoint_file(const std::filesystem::path& path, const CheckpointOptions& options) {
  Checkpoint source{.name = path.stem().string()};
  source.files.push_back(open_weights(path));
  const WeightFile& file = source.files.back();
  source.where = file.where;
  source.family = recognise(file);
  source.inpainting = is_for_inpainting(file);
  source.tensors = label_checkpoint(file, options.ema);
  source.schedule = schedule_of(file, source.family, options.prediction_type);
  source.scaling_factor = scaling_factor(source.family);
  // As the published pipeline of SDXL's base model says.
  source.zero_empty_negative_prompt = source.family == Family::sdxl;
  if (const auto license = file.metadata.find("modelspec.license"); license != file.metadata.end()) {
    source.license = license->second;
  }
  return source;
}

}  // namespace sfumato
