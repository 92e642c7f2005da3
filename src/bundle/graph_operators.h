// What the graph of someone who need not be trusted may call.
#pragma once

#include <string_view>

namespace sfumato {

// Operators torch.NAME that give new tensors or numbers from their inputs: those of U-Nets, CLIP and VAEs, and ordinary
// ones. None that reads or writes files, changes a tensor in place (weights may be the mapped file), or hands out
// memory that nobody wrote.
[[nodiscard]] bool is_graph_operator(std::string_view name);
// Operators ops.NAMESPACE.NAME: "prim.NumToTensor".
[[nodiscard]] bool is_graph_primitive(std::string_view name);
// Functions without a prefix: "int".
[[nodiscard]] bool is_graph_function(std::string_view name);
// Arguments that are given by name; not `out`, which an operator writes to.
[[nodiscard]] bool is_graph_keyword(std::string_view name);
// Types of annotations that no class of the graph defines.
[[nodiscard]] bool is_graph_type(std::string_view name);

}  // namespace sfumato
