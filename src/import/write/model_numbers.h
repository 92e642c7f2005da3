// The numbers of an imported model, from its checkpoint, the shapes of its networks and its family.
#pragma once

#include "import/recognise/checkpoint.h"
#include "import/write/graph_set.h"

namespace sfumato {

// Everything except ModelConfig::networks. Throws Error(bad_bundle) if the text encoders do not take CLIP's tokens.
[[nodiscard]] ModelConfig config_of(const Checkpoint& checkpoint, const GraphSet& graphs);

}  // namespace sfumato
