#include "text/text_encoder.h"

#include <ATen/ops/tensor.h>

namespace sfumato {
namespace {

constexpr std::string_view kEmbedding = "text_model.embeddings.token_embedding.weight";

}  // namespace

TextEncoder::TextEncoder(const Bundle& bundle, const Tokenizer& tokenizer, const Runtime& runtime)
    : network_(bundle, bundle.config().text_encoder, runtime), width_(bundle.config().conditioning_width) {
  const std::int64_t rows = network_.shape_of(kEmbedding).front();
  if (tokenizer.vocabulary_size() <= rows) return;
  throw Error(ExitCode::bad_bundle, bundle.path_of(bundle.config().tokenizer.file) + ": has " +
                                        std::to_string(tokenizer.vocabulary_size()) +
                                        " tokens, the text encoder knows " + std::to_string(rows) + ".");
}

at::Tensor TextEncoder::encode(const Tokens& tokens) const {
  const at::Tensor ids = at::tensor(tokens.ids, at::kLong).unsqueeze(0);
  const at::Tensor conditioning = network_({ids}).to(at::kFloat);
  TORCH_CHECK(conditioning.dim() == 3 && conditioning.size(1) == ids.size(1) && conditioning.size(2) == width_,
              "the text encoder gives ", conditioning.sizes(), ", model.json says [1, ", ids.size(1), ", ", width_,
              "]");
  return conditioning;
}

}  // namespace sfumato
