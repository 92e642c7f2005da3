#include "bundle/check_model_inputs.h"

#include "sfumato/error.h"

namespace sfumato {

void check_model_inputs(const GenerateOptions& options, const ModelConfig& model) {
  const bool has_map = !options.map.segmap.path.empty();
  if (has_map && !model.segmap) {
    throw Error(ErrorKind::usage,
                "`segmap`: this model does not draw from maps. Take one that does, such as emoji-map.");
  }
  if (!has_map && model.segmap && !model.segmap->optional && options.map.scale != 0) {
    throw Error(
        ErrorKind::usage,
        "`segmap`: this model draws from a map: give `segmap`, or `map_scale` 0 to draw from the prompt alone.");
  }
  if (model.inpainting && options.inpaint.mask.path.empty()) {
    throw Error(ErrorKind::usage,
                "`mask`: this model paints into pictures, where a mask says. Give `init_img` and `mask`.");
  }
}

}  // namespace sfumato
