// What people write into prompts: brackets that weigh words, and BREAK. The grammar is A1111's parse_prompt_attention
// (https://github.com/AUTOMATIC1111/stable-diffusion-webui, modules/prompt_parser.py):
//
//   (word)       weight 1.1            [word]  weight 1 / 1.1          both nest: weights multiply
//   (word:1.3)   weight 1.3            \( \) \[ \] \\  the sign itself; any other \ is dropped
//   BREAK        what follows begins a chunk of its own (text/tokens.h)
//
// A bracket that is never closed holds to the end; one that was never opened is text; so is a weight that is no number.
// Two differences: BREAK breaks inside of brackets too, and only ASCII digits make a number.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

struct WeightedText {
  std::string text{};
  double weight = 1;
  bool is_break = false;  // and then nothing else

  bool operator==(const WeightedText&) const = default;
};

// At least one part; no two neighbours of the same weight. Any bytes; takes time in proportion to parts times brackets
// in the worst case and no stack.
[[nodiscard]] std::vector<WeightedText> parse_weights(std::string_view prompt);

// The prompt as the rule reads it: `none` takes brackets for text, `ignore` reads them and forgets their weights.
[[nodiscard]] std::vector<WeightedText> parse_weights(std::string_view prompt, Weighting rule);

inline constexpr double kMaxWeight = 100;  // beyond that nothing but the word is left of a picture

// Throws Error(usage) if a part of one of the two prompts weighs more than kMaxWeight, or less than -kMaxWeight.
void check_prompts(const GenerateOptions& options);

// Throws Error(usage) if a part weighs more than kMaxWeight, or less than -kMaxWeight. flag: what the prompt is called.
void check_weights(std::string_view flag, std::span<const WeightedText> parts);

}  // namespace sfumato
