// Parses a line of a prompt file.
//
//   a red fox --seed 7 --steps 30                            a prompt, and flags after it
//   "a --b fox" --negative-prompt blurry, dark --seed 1..4   quotes as in a shell; a value goes on to the next flag
//   --prompt "a fox" --sampler_name "DPM++ 2M Karras"        AUTOMATIC1111's lines
//   {"prompt": "a fox", "seed": [1, 2], "cfg_scale": 7.5}    JSON, with the names of the flags
//   # a comment
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jobs/option_settings.h"

namespace sfumato {

struct PromptLine {
  OptionSettings settings{};
  std::string output{};  // its own --output; empty: the run's
};

// Whether a flag such as "--model" is for the whole run, so that no line may have it.
using IsRunFlag = bool (*)(std::string_view flag);

// json: take only JSON, as in .jsonl files; else a line that begins with {" or {} is JSON. nullopt for a blank line and
// a comment. Throws Error(usage) that begins with `where`. Values stay texts: ValueList and Wildcards parse them.
[[nodiscard]] std::optional<PromptLine> parse_prompt_line(const std::string& text, const std::string& where, bool json,
                                                          IsRunFlag is_run_flag = nullptr);

}  // namespace sfumato
