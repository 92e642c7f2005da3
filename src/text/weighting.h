// How the weights of a prompt change the text encoder's output z, by rule:
//   a1111: AUTOMATIC1111's "Original" emphasis (modules/sd_emphasis.py): z' = w z, then z' * mean(z) / mean(z')
//   no_norm: its "No norm": z' = w z
//   comfy: ComfyUI (comfy/sd1_clip.py): z' = e + w (z - e), with e the output for the empty prompt, position by
//   position ignore, none: z' = z; the weights are 1 by then (text/prompt.h)
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>

#include "sfumato/options.h"

namespace sfumato {

// hidden: [1, L, D] float32, of one chunk. weights: L of them. empty: gives the same for the empty prompt; called only
// for comfy. If all weights are 1, the result is `hidden` itself.
[[nodiscard]] at::Tensor weighted(const at::Tensor& hidden, std::span<const double> weights, Weighting rule,
                                  const std::function<at::Tensor()>& empty);

}  // namespace sfumato
