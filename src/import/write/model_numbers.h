// The numbers of an imported model: what its source says, what its networks' shapes say, and what its family has.
#pragma once

#include "import/recognise/checkpoint.h"
#include "import/write/graph_set.h"

namespace sfumato {

// Everything but the networks' files. Throws Error(bad_bundle) if the networks do not take CLIP's tokens.
[[nodiscard]] ModelConfig config_of(const Checkpoint& source, const GraphSet& graphs);

// The place of a network in a config.
[[nodiscard]] NetworkFiles& files_of(ModelConfig& config, NetworkKind kind);

}  // namespace sfumato
