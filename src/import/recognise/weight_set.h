// The weights of one part of a diffusers folder: which of the files that lie there are taken.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "import/recognise/weight_file.h"

namespace sfumato {

// Opens the files of `folder` that hold its weights: STEM.safetensors, or the shards that STEM.safetensors.index.json
// lists; with a variant STEM.VARIANT.safetensors, or STEM.safetensors.index.VARIANT.json. Without one, the plain files
// are taken if they are there, otherwise those of the only variant that is, or of fp16. Files are added to `files`.
// Throws Error(input_missing) if there are none, and Error(bad_data) if only pickles are there, if an index names a
// file outside the folder, or if index and shards do not hold the same tensors.
void open_weight_set(const std::filesystem::path& folder, const std::string& stem, const std::string& variant,
                     std::deque<WeightFile>& files);

}  // namespace sfumato
