// Where the pictures of a run go.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// One path per picture, in their order.
//   ""            {prompt:40}-{seed}.png in the working folder, numbered on if that is taken
//   -             standard output, for a single picture
//   folder/       {index:05}-{seed}.png in it; so does the name of a folder that exists
//   name.png      that file; for several pictures name-{seed}.png
//   with { }      a template: {index} {seed} {prompt} {steps} {cfg_scale} {sampling_method}; {index:05} pads,
//   {prompt:40} cuts
// What a field puts in is reduced to letters, digits, '.', '_' and '-', so that no prompt can name another folder.
// Throws Error(usage) for what is none of these, or if two pictures would get one name.
[[nodiscard]] std::vector<std::filesystem::path> output_names(const std::string& output,
                                                              std::span<const GenerateOptions> pictures);

}  // namespace sfumato
