// Prompts as conditioning: the CLIP text transformer, or both of a family that has two.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "nn/conditioning.h"
#include "nn/network.h"
#include "text/tokenizer.h"
#include "text/tokens.h"

namespace sfumato {

class TextEncoder {
 public:
  // Loads the tokenizer and the networks. Throws Error(bad_bundle), also if the tokenizer has more ids than a network
  // has embeddings, which would be a fault on the device later.
  TextEncoder(const Bundle& bundle, const Runtime& runtime);

  // Encodes a prompt chunk by chunk, with weights as `weighting` reads them, from the layer that clip_skip counts to: 1
  // is the family's own, 2 the one before it. The outputs of two encoders are concatenated along D, each weighted by
  // itself, as in A1111; pooled is that of the first chunk, never weighted. On the network's device. Each prompt is
  // encoded alone, so that it never depends on others. Throws Error(usage) if the model has fewer layers than
  // clip_skip.
  [[nodiscard]] Conditioning encode(const std::string& prompt, int clip_skip, Weighting weighting) const;

  // The end of the prompt that is not encoded (Tokens::lost); mostly empty.
  [[nodiscard]] std::string lost_words(const std::string& prompt, Weighting weighting) const;

 private:
  struct Encoder {
    Network network;
    std::int64_t pad = 0;
  };
  struct Encoded {
    at::Tensor hidden;  // [1, max_tokens, D of the encoder] float32
    at::Tensor pooled;  // [1, P] float32, or undefined
  };

  void add(NetworkKind kind, std::int64_t pad, const Runtime& runtime);
  void check_embeddings(const Network& network) const;
  [[nodiscard]] Tokens tokens_of(const std::string& prompt, Weighting weighting) const;
  [[nodiscard]] Encoded run(const Encoder& encoder, const Chunk& chunk, int clip_skip) const;
  [[nodiscard]] Encoded weigh(const Encoder& encoder, const Chunk& chunk, int clip_skip, Weighting weighting) const;

  const Bundle& bundle_;
  std::unique_ptr<const Tokenizer> tokenizer_;
  std::vector<Encoder> encoders_;  // one or two
};

// Makes both contexts equally long, as guidance requires. Each is repeated to a common length: attention to every token
// k times is attention to it once. Where that would be much longer (5 and 7 chunks, say), the shorter one is padded
// with the empty prompt, which `empty` encodes, as A1111 does on request (pad_cond_uncond).
void match_lengths(Conditioning& positive, Conditioning& negative, const std::function<Conditioning()>& empty);

}  // namespace sfumato
