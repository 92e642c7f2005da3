// Tokenizers: sentencepiece or CLIP's byte-pair encoding, as the model was trained with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"

namespace sfumato {

struct Token {
  std::int64_t id = 0;
  std::size_t begin = 0;  // byte offset of the token, or for CLIP of its word
};

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Without the tokens that begin and end a prompt. text: any bytes; invalid UTF-8 is read as U+FFFD.
  [[nodiscard]] virtual std::vector<Token> encode(std::string_view text) const = 0;
  // Ids are in [0, size()).
  [[nodiscard]] virtual int size() const = 0;
  // The token's text for users: "cat</w>" in CLIP, "▁cat" in sentencepiece. May be any bytes.
  [[nodiscard]] virtual std::string spelling(std::int64_t id) const = 0;
};

// The bundle's tokenizer. Throws Error(bad_bundle) if its file is invalid or model.json has ids that it lacks.
[[nodiscard]] std::unique_ptr<const Tokenizer> open_tokenizer(const Bundle& bundle);

}  // namespace sfumato
