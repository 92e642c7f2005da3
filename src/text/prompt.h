// Prompt syntax: brackets that weight words, and BREAK. The grammar is A1111's parse_prompt_attention
// (https://github.com/AUTOMATIC1111/stable-diffusion-webui, modules/prompt_parser.py):
//
//   (word)       weight 1.1            [word]  weight 1 / 1.1          brackets nest: weights multiply
//   (word:1.3)   weight 1.3            \( \) \[ \] \\  the character itself; any other \ is dropped
//   BREAK        starts a new chunk (text/tokens.h)
//
// An unclosed bracket extends to the end. An unopened one is text, and so is a weight that is not a number. Two
// differences: BREAK also works inside brackets, and numbers have ASCII digits only.
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
  bool is_break = false;  // then text is empty

  bool operator==(const WeightedText&) const = default;
};

// Returns at least one part; neighbours differ in weight. prompt: any bytes. Worst case: time in proportion to parts
// times brackets, constant stack.
[[nodiscard]] std::vector<WeightedText> parse_weights(std::string_view prompt);

// The prompt under a weighting rule: `none` treats brackets as text, `ignore` parses them and drops the weights.
[[nodiscard]] std::vector<WeightedText> parse_weights(std::string_view prompt, Weighting rule);

inline constexpr double kMaxWeight = 100;  // beyond it the word replaces everything else in the image

// Throws Error(usage) if a weight in either prompt is outside -kMaxWeight to kMaxWeight.
void check_prompts(const GenerateOptions& options);

// Throws Error(usage) if a weight is outside -kMaxWeight to kMaxWeight. option: the prompt's name, "prompt".
void check_weights(std::string_view option, std::span<const WeightedText> parts);

}  // namespace sfumato
