// One safetensors file of a network's weights, written as it is read: no more than some megabytes are ever in memory.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "bundle/model_json.h"
#include "import/recognise/weight_map.h"
#include "import/write/progress.h"

namespace sfumato {

// How weights are to be stored. Without a dtype each tensor keeps its own (F64 becomes F32).
struct Storage {
  std::optional<StoredDtype> dtype{};
  WeightsLayout layout = WeightsLayout::contiguous;
};

struct WeightShard {
  std::string name;  // of the file
  std::vector<MappedTensor> tensors;
  std::uint64_t bytes = 0;  // of the data
};

// The network's tensors in files of about `largest` bytes: "unet.safetensors", or "unet-00001-of-00004.safetensors" and
// so on.
[[nodiscard]] std::vector<WeightShard> weight_shards_of(const MappedNetwork& network, const Storage& storage,
                                                        std::uint64_t largest);

// Throws Error(bad_data) if a number is not finite, in the source or once it is converted, with tensor, place and
// value; otherwise as OutputFile. Every tensor begins at a multiple of 64 bytes if its neighbours' sizes allow it.
[[nodiscard]] FileDescription write_shard(const WeightShard& shard, const Storage& storage,
                                          const std::filesystem::path& path, Progress& progress);

}  // namespace sfumato
