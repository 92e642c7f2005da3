#include "text/tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>

#include "sfumato/error.h"

namespace sfumato {

struct Tokenizer::Impl {
  TokenizerConfig config;
  sentencepiece::SentencePieceProcessor processor;
};

Tokenizer::Tokenizer(const Bundle& bundle) : impl_(std::make_unique<Impl>()) {
  impl_->config = bundle.config().tokenizer;
  const std::string where = bundle.path_of(impl_->config.file);
  const std::string_view model = bundle.file(impl_->config.file).text();
  if (const auto status = impl_->processor.LoadFromSerializedProto({model.data(), model.size()}); !status.ok()) {
    throw Error(ExitCode::bad_bundle, where + ": not a sentencepiece model.");
  }
  for (const int id : {impl_->config.bos, impl_->config.eos, impl_->config.pad}) {
    if (id < vocabulary_size()) continue;
    throw Error(ExitCode::bad_bundle, where + ": has " + std::to_string(vocabulary_size()) +
                                          " tokens, model.json speaks of id " + std::to_string(id) + ".");
  }
}

Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;

Tokens Tokenizer::encode(std::string_view prompt) const {
  const TokenizerConfig& config = impl_->config;
  const auto pieces = impl_->processor.EncodeAsImmutableProto({prompt.data(), prompt.size()});
  const std::size_t room = static_cast<std::size_t>(config.max_tokens) - 2;
  const std::size_t kept = std::min(pieces.pieces_size(), room);

  Tokens tokens;
  tokens.ids.push_back(config.bos);
  for (std::size_t i = 0; i < kept; ++i) tokens.ids.push_back(pieces.pieces(static_cast<int>(i)).id());
  tokens.ids.push_back(config.eos);
  tokens.used = static_cast<int>(tokens.ids.size());
  tokens.ids.resize(static_cast<std::size_t>(config.max_tokens), config.pad);
  if (kept < pieces.pieces_size()) {
    std::string_view lost = prompt.substr(pieces.pieces(static_cast<int>(kept)).begin());
    lost.remove_prefix(std::min(lost.find_first_not_of(" \t\n"), lost.size()));
    tokens.lost = lost;
  }
  return tokens;
}

int Tokenizer::vocabulary_size() const { return impl_->processor.GetPieceSize(); }

}  // namespace sfumato
