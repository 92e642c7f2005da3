// From a checkpoint to a bundle: the networks' parameters from the checkpoint's tensors, the graphs, the tokenizer, and
// model.json over all.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "bundle/model_json.h"
#include "import/recognise/checkpoint.h"
#include "import/write/graph_set.h"
#include "import/write/model_settings.h"
#include "import/write/weight_shard.h"

namespace sfumato {

struct ImportOptions {
  std::filesystem::path output;  // the bundle's folder
  bool overwrite = false;        // replace an existing bundle
  Storage storage{};
  ModelSettings settings{};         // over what the checkpoint says
  std::filesystem::path merges{};   // of CLIP's tokenizer
  std::filesystem::path digests{};  // folder of the DigestCache for the checkpoint's files; empty: none
};

struct Imported {
  ModelDescription model;
  std::map<NetworkKind, std::size_t> parameters;  // count of numbers in each network
  std::size_t matched = 0;                        // count of tensors of the checkpoint
  std::map<std::string, std::size_t> unused;      // tensors of the checkpoint, by group
  std::uint64_t bytes = 0;                        // of written weights
};

// Writes the bundle into a StagingFolder, syncs it and renames it in one step: whatever happens, there is a whole
// bundle or none. Every core writes one shard at a time, in a few megabytes of memory. on_progress is called about ten
// times a second, with bytes of weights. Throws Error as map_weights(), write_shard() and StagingFolder do,
// Error(io_error) if the disk lacks room, and for a signal (base/signals.h).
Imported import_model(const Checkpoint& source, const GraphSet& graphs, const ImportOptions& options,
                      const std::function<void(std::uint64_t done, std::uint64_t all)>& on_progress);

}  // namespace sfumato
