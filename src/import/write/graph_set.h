// The graphs of a family: they give the shapes of the networks, and are copied into the bundle.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "bundle/family.h"
#include "import/recognise/weight_map.h"
#include "sfumato/trust.h"

namespace sfumato {

struct GraphSet {
  std::map<NetworkKind, std::filesystem::path> files;
  std::map<NetworkKind, Parameters> parameters;
};

// folders: text_encoder.ts, unet.ts and the family's other networks (scripts/export/graphs.py), each from the first
// folder that has it. A graph is a program: one that is not listed in models/graphs is read only as `trust` allows.
// Throws Error(input_missing) or Error(bad_bundle).
[[nodiscard]] GraphSet open_graphs(const std::vector<std::filesystem::path>& folders, const FamilyInfo& family,
                                   Trust trust);

// The numbers of a model that follow from the shapes of its networks.
struct GraphNumbers {
  int conditioning_width = 0;
  int pooled_width = 0;  // 0: without a second text encoder
  int latent_channels = 0;
  int downscale = 0;  // pixels per latent
  int max_tokens = 0;
  int vocabulary = 0;  // rows of the smallest token embedding
};
// Throws Error(bad_bundle) if a graph lacks a parameter that gives one of them.
[[nodiscard]] GraphNumbers numbers_of(const GraphSet& graphs);

}  // namespace sfumato
