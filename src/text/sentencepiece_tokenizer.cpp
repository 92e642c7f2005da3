#include "text/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>

#include "sfumato/error.h"

namespace sfumato {

struct SentencepieceTokenizer::Impl {
  sentencepiece::SentencePieceProcessor processor;
};

SentencepieceTokenizer::SentencepieceTokenizer(std::string_view model, const std::string& where)
    : impl_(std::make_unique<Impl>()) {
  if (!impl_->processor.LoadFromSerializedProto({model.data(), model.size()}).ok()) {
    throw Error(ErrorKind::bad_bundle, where + ": not a sentencepiece model.");
  }
}

SentencepieceTokenizer::~SentencepieceTokenizer() = default;

std::vector<Token> SentencepieceTokenizer::encode(std::string_view text) const {
  const auto pieces = impl_->processor.EncodeAsImmutableProto({text.data(), text.size()});
  std::vector<Token> tokens;
  for (int i = 0; i < static_cast<int>(pieces.pieces_size()); ++i) {
    const auto piece = pieces.pieces(i);
    tokens.push_back({.id = static_cast<std::int64_t>(piece.id()), .begin = piece.begin()});
  }
  return tokens;
}

int SentencepieceTokenizer::size() const { return impl_->processor.GetPieceSize(); }

std::int64_t SentencepieceTokenizer::begin_id() const { return impl_->processor.bos_id(); }
std::int64_t SentencepieceTokenizer::end_id() const { return impl_->processor.eos_id(); }

std::string SentencepieceTokenizer::spelling(std::int64_t id) const {
  return impl_->processor.IdToPiece(static_cast<int>(id));
}

}  // namespace sfumato
