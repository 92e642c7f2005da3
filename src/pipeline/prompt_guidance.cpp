#include "pipeline/prompt_guidance.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include "api/sampler_info.h"

namespace sfumato {
namespace {

// What diffusers' StableDiffusionXLImg2ImgPipeline has as defaults: pictures that people scored 6 of 10, and away from
// those that they scored 2.5.
constexpr double kAestheticScore = 6.0, kNegativeAestheticScore = 2.5;

std::size_t bytes_of(const Conditioning& conditioning) {
  const auto bytes = [](const at::Tensor& tensor) { return tensor.defined() ? tensor.nbytes() : 0; };
  return bytes(conditioning.context) + bytes(conditioning.pooled);
}

at::Tensor row(std::initializer_list<double> numbers) { return at::tensor(numbers, at::kFloat).unsqueeze(0); }

// As of a photograph of that size that was not cropped.
void add_size_ids(const GenerateOptions& o, const ModelConfig& config, Guidance& guidance) {
  if (config.pooled_width == 0) return;
  const double height = o.height, width = o.width;
  if (config.requires_aesthetics_score) {
    guidance.size_ids = row({height, width, 0, 0, kAestheticScore});
    guidance.negative_size_ids = row({height, width, 0, 0, kNegativeAestheticScore});
  } else {
    guidance.size_ids = row({height, width, 0, 0, height, width});
  }
}

}  // namespace

PromptGuidance::PromptGuidance(const Bundle& model, const Runtime& runtime)
    : config_(model.config()), encoder_(model, runtime), encodings_(kCacheBytes, &bytes_of) {}

const Conditioning& PromptGuidance::encode(const std::string& prompt, const GenerateOptions& o) {
  return encodings_.get({prompt, o.clip_skip, o.weighting},
                        [&] { return encoder_.encode(prompt, o.clip_skip, o.weighting); });
}

Guidance PromptGuidance::guidance(const GenerateOptions& o) {
  Conditioning positive = encode(o.prompt, o), negative;
  if (config_.zero_empty_negative_prompt && o.negative_prompt.empty()) {
    negative.context = at::zeros_like(positive.context);
    if (positive.pooled.defined()) negative.pooled = at::zeros_like(positive.pooled);
  } else {
    negative = encode(o.negative_prompt, o);
  }
  match_lengths(positive, negative, [&] { return encode("", o); });
  Guidance guidance{.positive = std::move(positive),
                    .negative = std::move(negative),
                    .cfg_scale = o.cfg_scale,
                    .cfg_rescale = o.cfg_rescale,
                    .unconditional = info_of(o.sampling_method).unconditional};
  add_size_ids(o, config_, guidance);
  return guidance;
}

}  // namespace sfumato
