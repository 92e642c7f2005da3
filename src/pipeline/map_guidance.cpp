#include "pipeline/map_guidance.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <cstdint>
#include <vector>

#include "pipeline/segmap.h"

namespace sfumato {

std::string guide_by_map(Guidance& guidance, const GenerateOptions& options, const ModelConfig& model,
                         std::span<const MapClass> classes, at::Device device) {
  const int channels = model.segmap->channels;
  const int downscale = model.latents.downscale;
  const std::vector<std::int64_t> shape = {1, channels, options.height / downscale, options.width / downscale};
  if (options.map.segmap.path.empty()) {
    guidance.concat = at::zeros(shape, at::TensorOptions(device));
    return "";
  }
  const SemanticMap map = read_map(options, classes);
  guidance.concat = at::tensor(class_fraction(map, channels, downscale)).view(shape).to(device);
  guidance.concat_scale = options.map.scale;
  return map.note;
}

}  // namespace sfumato
