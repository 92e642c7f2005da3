#include "cli/checkpoint_graphs.h"

#include "cli/find_model.h"

namespace sfumato {

GraphSet graphs_for(const Checkpoint& checkpoint, const std::optional<std::string>& own, Trust trust) {
  const FamilyInfo& family = info_of(checkpoint.family);
  if (own) return open_graphs({*own}, family, trust);
  check_blocks(checkpoint);
  // A distilled U-Net has the other networks of its family.
  return open_graphs({find_graphs(graph_name(checkpoint)), find_graphs(std::string(family.name))}, family, trust);
}

}  // namespace sfumato
