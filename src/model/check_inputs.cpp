#include "model/check_inputs.h"

#include "model/map_classes.h"
#include "sfumato/error.h"

namespace sfumato {

void check_inputs(const GenerateOptions& options, const ModelConfig& model) {
  check_map(options, model);
  if (model.inpainting && options.mask.path.empty()) {
    throw Error(ExitCode::usage,
                "--mask: this model paints into pictures, where a mask says. Give --init-img and --mask.");
  }
}

}  // namespace sfumato
