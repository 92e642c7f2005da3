// The graphs that a checkpoint is imported with.
#pragma once

#include <optional>
#include <string>

#include "import/recognise/checkpoint.h"
#include "import/write/graph_set.h"

namespace sfumato {

// Those of the folder `own`; without one those of models/graphs, if the blocks of its U-Net are known. Throws as
// check_blocks(), find_graphs() and open_graphs() do.
[[nodiscard]] GraphSet graphs_for(const Checkpoint& checkpoint, const std::optional<std::string>& own, Trust trust);

}  // namespace sfumato
