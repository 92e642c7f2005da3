// From parameters as they lie in files to tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include "bundle/weight.h"
#include "nn/runtime.h"

namespace sfumato {

// The parameter on the runtime's device in its dtype, [shape of the weight], 4-D tensors with the channels last, and as
// `layout` strides them: those of 1x1 convolutions differ, and LibTorch computes in another order then. It is the
// mapped bytes themselves if nothing has to change, which must outlive the tensor and are never to be written. Else the
// mapped bytes leave this process's memory, as nobody reads them again. Numbers of fp8, of blocks and of scaled tensors
// are first rounded to widened() of their dtype, as `import` stores them. Throws Error(bad_bundle) for a dtype that
// weights do not have.
[[nodiscard]] at::Tensor tensor_of(const Weight& weight, WeightsLayout layout, const Runtime& runtime);

}  // namespace sfumato
