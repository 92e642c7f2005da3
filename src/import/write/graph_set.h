// The graphs that an import takes its networks' shapes from, and puts into the bundle.
#pragma once

#include <filesystem>
#include <map>

#include "import/recognise/weight_map.h"

namespace sfumato {

struct GraphSet {
  std::map<NetworkKind, std::filesystem::path> files;
  std::map<NetworkKind, Parameters> parameters;
};

// folder: holds text_encoder.ts, unet.ts and the others of the family (scripts/export/graphs.py). A graph is a program:
// one that is not listed in models/graphs is read only if it is trusted. Throws Error(input_missing) or
// Error(bad_bundle).
[[nodiscard]] GraphSet open_graphs(const std::filesystem::path& folder, Family family, bool trust);

// The numbers of a model that follow from its networks' shapes.
struct GraphNumbers {
  int conditioning_width = 0;
  int pooled_width = 0;  // 0: without a second text encoder
  int latent_channels = 0;
  int downscale = 0;  // pixels per latent
  int max_tokens = 0;
  int vocabulary = 0;  // rows of the smallest token embedding
};
// Throws Error(bad_bundle) if a parameter that says it is not there.
[[nodiscard]] GraphNumbers numbers_of(const GraphSet& graphs);

}  // namespace sfumato
