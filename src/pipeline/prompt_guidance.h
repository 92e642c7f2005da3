// Prompts as guidance: what a model makes of the options of a picture before it draws.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>

#include "base/lru_cache.h"
#include "bundle/bundle.h"
#include "diffusion/denoiser.h"
#include "sfumato/options.h"
#include "text/text_encoder.h"

namespace sfumato {

class PromptGuidance {
 public:
  // Loads the text encoders; throws as TextEncoder does. The bundle must outlive it.
  PromptGuidance(const Bundle& model, const Runtime& runtime);

  // Without concat. A prompt is encoded once, however many pictures use it. Throws as TextEncoder::encode() does.
  [[nodiscard]] Guidance guidance(const GenerateOptions& options);
  [[nodiscard]] const TextEncoder& encoder() const { return encoder_; }

 private:
  static constexpr std::size_t kCacheBytes = std::size_t{256} << 20;

  [[nodiscard]] const Conditioning& encode(const std::string& prompt, const GenerateOptions& options);

  const ModelConfig& config_;
  TextEncoder encoder_;
  // By prompt, clip skip and weighting.
  LruCache<std::tuple<std::string, int, Weighting>, Conditioning> encodings_;
};

}  // namespace sfumato
