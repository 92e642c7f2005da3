// A prompt as token ids. tokenizer.cpp is the only file that knows sentencepiece.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/bundle.h"

namespace sfumato {

struct Tokens {
  std::vector<std::int64_t> ids;  // exactly max_tokens: [bos] pieces [eos] pad ...
  int used = 0;                   // bos, pieces and eos that are in ids
  std::string lost;               // the end of the prompt that did not fit, as the user wrote it; empty if all fitted
};

class Tokenizer {
 public:
  // Throws Error(bad_bundle) if the sentencepiece model cannot be read or its ids do not fit model.json.
  explicit Tokenizer(const Bundle& bundle);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;

  // prompt: valid UTF-8.
  [[nodiscard]] Tokens encode(std::string_view prompt) const;
  // Ids are in [0, vocabulary_size()).
  [[nodiscard]] int vocabulary_size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato
