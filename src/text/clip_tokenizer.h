// CLIP's byte-pair encoding: the ids of transformers' CLIPTokenizer for the same merges, exactly.
// https://github.com/openai/CLIP (simple_tokenizer.py); checked against transformers by
// tests/text/clip_tokenizer_test.cpp.
#pragma once

#include "text/tokenizer.h"

namespace sfumato {

class ClipTokenizer : public Tokenizer {
 public:
  // merges: the published file: a line "#version: 0.2", then a merge a line, two symbols with a space between, the most
  // frequent first. Ids follow from it: 256 bytes, the same ending a word, the merges in order, and two control tokens.
  // Throws Error(bad_bundle) "WHERE:LINE: what is wrong" if a line is not a merge of symbols that exist by then.
  ClipTokenizer(std::string_view merges, const std::string& where);
  ~ClipTokenizer() override;

  // Like transformers, reads the control tokens "<|startoftext|>" and "<|endoftext|>" where the text spells them.
  [[nodiscard]] std::vector<Token> encode(std::string_view text) const override;
  [[nodiscard]] int size() const override;
  // The bytes that the token stands for, and "</w>" if it ends a word.
  [[nodiscard]] std::string spelling(std::int64_t id) const override;

  [[nodiscard]] std::int64_t begin_id() const;
  [[nodiscard]] std::int64_t end_id() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato
