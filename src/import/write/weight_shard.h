// One safetensors file of a network's weights, written while the source is read, in a few megabytes of memory.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "bundle/model_json.h"
#include "import/recognise/weight_map.h"
#include "import/write/progress.h"

namespace sfumato {

// How weights are stored. Without a dtype each tensor keeps its own; F64 and
// blocks become F32, fp8 becomes BF16.
struct Storage {
  std::optional<StoredDtype> dtype{};
  WeightsLayout layout = WeightsLayout::contiguous;
};

struct WeightShard {
  std::string name;  // of the file
  std::vector<MappedTensor> tensors;
  std::uint64_t bytes = 0;  // of the data
};

// Divides the network's tensors into files of about `largest` bytes: "unet.safetensors", or
// "unet-00001-of-00004.safetensors" and so on.
[[nodiscard]] std::vector<WeightShard> weight_shards_of(const MappedNetwork& network, const Storage& storage,
                                                        std::uint64_t largest);

// Writes the file at `path`. A tensor begins at a multiple of 64 bytes if the sizes of those before it allow that.
// Throws Error(bad_data) with tensor, index and value if a number is not finite, before or after conversion;
// Error(stopped_early) if progress.stop is set; otherwise as OutputFile does.
[[nodiscard]] FileDescription write_shard(const WeightShard& shard, const Storage& storage,
                                          const std::filesystem::path& path, Progress& progress);

}  // namespace sfumato
