// CLIP's byte-pair encoding: the ids of transformers' CLIPTokenizer for the same merges, exactly.
// https://github.com/openai/CLIP (simple_tokenizer.py); checked against transformers by
// tests/text/clip_tokenizer_test.cpp.
#pragma once

#include "text/tokenizer.h"

namespace sfumato {

class ClipTokenizer : public Tokenizer {
 public:
  // merges: the published file: a line "#version: 0.2", then one merge a line, two symbols separated by a space, the
  // most frequent first. Ids are: 256 bytes, the same at the end of a word, the merges in order, two control tokens.
  // Throws Error(bad_bundle) "WHERE:LINE: what is wrong" if a line is not a merge of symbols defined before.
  ClipTokenizer(std::string_view merges, const std::string& where);
  ~ClipTokenizer() override;

  // Like transformers, parses "<|startoftext|>" and "<|endoftext|>" in the text as control tokens.
  [[nodiscard]] std::vector<Token> encode(std::string_view text) const override;
  [[nodiscard]] int size() const override;
  // The bytes of the token, and "</w>" if it ends a word.
  [[nodiscard]] std::string spelling(std::int64_t id) const override;

  [[nodiscard]] std::int64_t begin_id() const;
  [[nodiscard]] std::int64_t end_id() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato
