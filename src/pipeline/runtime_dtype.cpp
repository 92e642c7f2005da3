#include "pipeline/runtime_dtype.h"

#include "nn/runtime.h"

namespace sfumato {

std::string dtype_of(const ModelConfig& model, const RuntimeOptions& options) {
  return dtype_name(start_runtime(options, model.defaults.dtype));
}

}  // namespace sfumato
