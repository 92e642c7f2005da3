// From a source to a bundle: the networks' parameters out of the source's tensors, the graphs and the tokenizer beside
// them, and model.json over all.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "bundle/model_json.h"
#include "import/recognise/checkpoint.h"
#include "import/write/graph_set.h"
#include "import/write/weight_shard.h"

namespace sfumato {

struct ImportOptions {
  std::filesystem::path output;  // the bundle's folder
  bool overwrite = false;        // replace a bundle that is there
  Storage storage{};
  std::string name{};              // of the model; empty: the source's
  std::string license{};           // empty: what the source says
  std::filesystem::path merges{};  // of CLIP's tokenizer
};

struct Imported {
  ModelDescription model;
  std::map<NetworkKind, std::size_t> parameters;  // numbers in each network
  std::size_t matched = 0;                        // tensors of the source
  std::map<std::string, std::size_t> unused;      // tensors of the source, by group
  std::uint64_t bytes = 0;                        // of weights that were written
};

// Writes the bundle beside its place, syncs it and gives it its name in one step; whatever happens, there is a whole
// bundle or none. A shard at a time on every core, in a few megabytes of memory each. on_progress is called some times
// a second, with bytes of weights. Throws Error as fit(), write_shard() and StagingFolder do, Error(io_error) if the
// disk has no room, and for a signal (base/signals.h).
Imported import_model(const Checkpoint& source, const GraphSet& graphs, const ImportOptions& options,
                      const std::function<void(std::uint64_t done, std::uint64_t all)>& on_progress);

}  // namespace sfumato
