// The `parameters` text of a PNG, as AUTOMATIC1111's create_infotext and many other programs write it:
//
//   a photo of a fox, snow
//   Negative prompt: blurry
//   Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x512, ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metadata/image_record.h"

namespace sfumato {

struct A1111Text {
  std::string prompt;
  std::string negative_prompt;
  std::vector<std::pair<std::string, std::string>> pairs;  // of the last line, without quotes; kMaxRecordPairs at most
};

// Splits by the rules of AUTOMATIC1111's parser: the last line holds values if it has three or more. A quoted value may
// contain anything.
[[nodiscard]] A1111Text split_a1111_text(std::string_view text);

// The options in the text; nullopt if it has no values. stable-diffusion.cpp's text differs: sampler and schedule in
// one field, UTF-8 where PNG has Latin-1, "inf" for values that were not given, JSON without quotes at the end. What
// A1111 does without saying it is among the values: random numbers of a GPU, noise of a Brownian path, the scheduler of
// "Automatic", the penultimate sigma that DPM2 and DPM++ 3M SDE leave out.
[[nodiscard]] std::optional<ImageRecord> record_of_a1111_text(const std::string& original);

}  // namespace sfumato
