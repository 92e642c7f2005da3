// The weight files of one network of a diffusers folder.
#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "import/recognise/weight_file.h"

namespace sfumato {

// Whether weight files of the variant were there; without them the plain files are taken, as diffusers does.
enum class VariantFound { no, yes };

// Appends the weight files of `folder` to `files`: STEM.safetensors, or the shards that STEM.safetensors.index.json
// lists; with a variant STEM.VARIANT.safetensors, or STEM.safetensors.index.VARIANT.json. A variant that this network
// lacks, or none, means the plain files, otherwise fp16, otherwise the only variant. Throws Error(input_missing) if
// there are none, and Error(bad_data) if there are only pickles, if an index names a file outside the folder, or if
// index and shards list different tensors.
VariantFound open_weight_set(const std::filesystem::path& folder, const std::string& stem, const std::string& variant,
                             std::deque<WeightFile>& files);

}  // namespace sfumato
