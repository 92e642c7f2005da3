// Tokens as conditioning: the CLIP text transformer.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/bundle.h"
#include "model/network.h"
#include "text/tokenizer.h"

namespace sfumato {

class TextEncoder {
 public:
  // Throws Error(bad_bundle) if the tokenizer knows more ids than the network has embeddings: found here, not as a
  // fault on the device.
  TextEncoder(const Bundle& bundle, const Tokenizer& tokenizer, const Runtime& runtime);

  // Returns conditioning [1, L, D] float32 on the network's device, L = max_tokens. Each prompt is encoded alone, so
  // that it never depends on its neighbours.
  [[nodiscard]] at::Tensor encode(const Tokens& tokens) const;

 private:
  Network network_;
  int width_;
};

}  // namespace sfumato
