#include "text/text_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "text/weighting.h"

namespace sfumato {
namespace {

constexpr std::string_view kEmbedding = "text_model.embeddings.token_embedding.weight";
constexpr std::int64_t kLongestRepeat = 4;  // times the longer of two contexts

}  // namespace

TextEncoder::TextEncoder(const Bundle& bundle, const Runtime& runtime)
    : bundle_(bundle), tokenizer_(open_tokenizer(bundle)) {
  const TokenizerConfig& tokenizer = bundle.config().tokenizer;
  add(NetworkKind::text_encoder, tokenizer.pad, runtime);
  add(NetworkKind::text_encoder_2, tokenizer.pad_2.value_or(tokenizer.pad), runtime);
}

void TextEncoder::add(NetworkKind kind, std::int64_t pad, const Runtime& runtime) {
  if (!bundle_.config().has(kind)) return;
  encoders_.push_back({.network = Network(bundle_, kind, runtime), .pad = pad});
  check_embeddings(encoders_.back().network);
}

void TextEncoder::check_embeddings(const Network& network) const {
  const std::int64_t rows = network.shape_of(kEmbedding).front();
  if (tokenizer_->size() <= rows) return;
  throw Error(ErrorKind::bad_bundle, bundle_.path_of(bundle_.config().tokenizer.file) + ": has " +
                                         std::to_string(tokenizer_->size()) +
                                         " tokens, the text encoder has embeddings for " + std::to_string(rows) + ".");
}

Tokens TextEncoder::tokens_of(const std::string& prompt, Weighting weighting) const {
  return tokenize(parse_weights(prompt, weighting), *tokenizer_, bundle_.config().tokenizer);
}

std::string TextEncoder::lost_words(const std::string& prompt, Weighting weighting) const {
  return tokens_of(prompt, weighting).lost;
}

TextEncoder::Encoded TextEncoder::run(const Encoder& encoder, const Chunk& chunk, int clip_skip) const {
  std::vector<std::int64_t> ids = chunk.ids;
  std::fill(ids.begin() + static_cast<std::ptrdiff_t>(chunk.used), ids.end(), encoder.pad);
  const std::vector<at::Tensor> outputs = encoder.network.run({at::tensor(ids, at::kLong).unsqueeze(0)});
  // [N, 1, L, D], or [1, L, D] from a graph that gives only its last layer
  const at::Tensor layers = outputs.front().dim() == 3 ? outputs.front().unsqueeze(0) : outputs.front();
  TORCH_CHECK(layers.dim() == 4 && layers.size(1) == 1 && layers.size(2) == static_cast<std::int64_t>(ids.size()),
              "the text encoder gives ", outputs.front().sizes(), " for ", ids.size(), " tokens");
  if (clip_skip > layers.size(0)) {
    throw Error(ErrorKind::usage,
                "`clip_skip`: " + std::to_string(clip_skip) + " is out of range; " + bundle_.config().name + " takes " +
                    (layers.size(0) == 1 ? "1 only." : "1 to " + std::to_string(layers.size(0)) + "."));
  }
  return {.hidden = layers.select(0, layers.size(0) - clip_skip).to(at::kFloat),
          .pooled = outputs.size() > 1 ? outputs[1].to(at::kFloat) : at::Tensor()};
}

TextEncoder::Encoded TextEncoder::weigh(const Encoder& encoder, const Chunk& chunk, int clip_skip,
                                        Weighting weighting) const {
  Encoded encoded = run(encoder, chunk, clip_skip);
  encoded.hidden = weighted(encoded.hidden, chunk.weights, weighting, [&] {
    return run(encoder, tokens_of("", Weighting::none).chunks.front(), clip_skip).hidden;
  });
  return encoded;
}

Conditioning TextEncoder::encode(const std::string& prompt, int clip_skip, Weighting weighting) const {
  std::vector<at::Tensor> contexts;
  at::Tensor pooled;
  for (const Chunk& chunk : tokens_of(prompt, weighting).chunks) {
    std::vector<at::Tensor> hidden;
    at::Tensor pooled_of_chunk;
    for (const Encoder& encoder : encoders_) {
      const Encoded encoded = weigh(encoder, chunk, clip_skip, weighting);
      hidden.push_back(encoded.hidden);
      pooled_of_chunk = encoded.pooled;
    }
    contexts.push_back(at::cat(hidden, /*dim=*/-1));
    if (!pooled.defined()) pooled = pooled_of_chunk;
  }
  Conditioning conditioning{.context = at::cat(contexts, /*dim=*/1), .pooled = pooled};
  const ModelConfig& config = bundle_.config();
  const std::int64_t width = pooled.defined() ? pooled.size(-1) : 0;
  TORCH_CHECK(conditioning.context.size(2) == config.conditioning_width && width == config.pooled_width,
              "the text encoder gives contexts of width ", conditioning.context.size(2), " and pooled ones of ", width,
              ", model.json says ", config.conditioning_width, " and ", config.pooled_width);
  return conditioning;
}

void match_lengths(Conditioning& positive, Conditioning& negative, const std::function<Conditioning()>& empty) {
  const std::int64_t a = positive.context.size(1), b = negative.context.size(1);
  if (a == b) return;
  const std::int64_t common = std::lcm(a, b);
  if (common <= kLongestRepeat * std::max(a, b)) {
    positive.context = positive.context.repeat({1, common / a, 1});
    negative.context = negative.context.repeat({1, common / b, 1});
    return;
  }
  at::Tensor& shorter = a < b ? positive.context : negative.context;
  const at::Tensor padding = empty().context;
  shorter = at::cat({shorter, padding.repeat({1, (std::max(a, b) - std::min(a, b)) / padding.size(1), 1})}, /*dim=*/1);
}

}  // namespace sfumato
