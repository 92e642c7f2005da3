#include "cli/checkpoint_graphs.h"

#include <filesystem>
#include <vector>

#include "cli/find_model.h"

namespace sfumato {

GraphSet graphs_for(const Checkpoint& checkpoint, const std::optional<std::string>& own, Trust trust) {
  const FamilyInfo& family = info_of(checkpoint.family);
  if (own) return open_graphs({*own}, family, trust);
  check_blocks(checkpoint);
  // A distilled U-Net has the other networks of its family.
  std::vector<std::filesystem::path> folders = {find_graphs(graph_name(checkpoint)),
                                                find_graphs(std::string(family.name))};
  if (!family.graphs_of.empty()) folders.push_back(find_graphs(std::string(family.graphs_of)));
  return open_graphs(folders, family, trust);
}

}  // namespace sfumato
