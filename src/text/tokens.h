// A prompt as the text encoder reads it: chunks of max_tokens tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "text/prompt.h"
#include "text/tokenizer.h"

namespace sfumato {

struct Chunk {
  std::vector<std::int64_t> ids;  // exactly max_tokens: [bos] tokens [eos] pad ...
  std::vector<double> weights;    // of each; 1 for bos, eos and pad
  std::size_t used = 0;           // bos, tokens and eos
};

struct Tokens {
  std::vector<Chunk> chunks;  // at least one
  std::string lost;           // the end of the prompt, without its brackets, that exceeds kMaxChunks
};

inline constexpr std::size_t kMaxChunks = 64;

// Splits like A1111 (modules/sd_hijack_clip.py, tokenize_line): where a chunk is full, or at BREAK. If one of the last
// 20 tokens of a full chunk is a comma, the tokens after it go to the next chunk, so that no phrase is cut.
[[nodiscard]] Tokens tokenize(std::span<const WeightedText> parts, const Tokenizer& tokenizer,
                              const TokenizerConfig& config);

}  // namespace sfumato
