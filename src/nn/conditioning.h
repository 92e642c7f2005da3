// What a prompt becomes: the words that the U-Net attends to, and for some families one vector for the whole prompt.
#pragma once

#include <ATen/core/Tensor.h>

namespace sfumato {

struct Conditioning {
  at::Tensor context;  // [1, L, D] float32; L is a multiple of the tokenizer's max_tokens, D the conditioning width
  at::Tensor pooled;   // [1, P] float32; undefined unless the model has a pooled width
};

}  // namespace sfumato
