// A pickled record of a graph from someone who need not be trusted. Nothing is unpickled.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/graph_code.h"

namespace sfumato {

// Bytes of the record that holds the storage `key`; nullopt if there is none.
using StorageSize = std::function<std::optional<std::size_t>(std::string_view key)>;

// Follows the opcodes as torch::jit::Unpickler does, and builds nothing. Throws Error(bad_bundle) beginning with
// `where` for an opcode, function or class that a trace does not have, for a tensor that does not lie inside its
// storage, and for a storage on the CPU without its bytes in the archive. classes: those that the archive's code
// defines. storage_size: nullptr leaves out the last of these (traced_inputs.pkl has no bytes, and is not loaded).
// Linear in time.
void check_graph_pickle(std::string_view pickle, const ClassNames& classes, const StorageSize& storage_size,
                        const std::string& where);

}  // namespace sfumato
