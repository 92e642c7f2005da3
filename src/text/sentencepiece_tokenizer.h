// Sentencepiece, for the models that this project trains. Only sentencepiece_tokenizer.cpp includes it.
#pragma once

#include "text/tokenizer.h"

namespace sfumato {

class SentencepieceTokenizer : public Tokenizer {
 public:
  // model: a serialized sentencepiece model. Throws Error(bad_bundle) "WHERE: ..." if it is invalid.
  SentencepieceTokenizer(std::string_view model, const std::string& where);
  ~SentencepieceTokenizer() override;

  [[nodiscard]] std::vector<Token> encode(std::string_view text) const override;
  [[nodiscard]] int size() const override;
  [[nodiscard]] std::string spelling(std::int64_t id) const override;
  // The tokens that the model begins and ends a text with; -1: it has none.
  [[nodiscard]] std::int64_t begin_id() const;
  [[nodiscard]] std::int64_t end_id() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato
