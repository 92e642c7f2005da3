// The result of an import: lines for people, a JSON object for programs.
#pragma once

#include <filesystem>

#include "base/console.h"
#include "base/json.h"
#include "import/write/default_storage.h"
#include "import/write/import_model.h"

namespace sfumato {

// A few lines that begin with "sfumato: ": family, counts, unused tensors, assumptions.
void print_import(Console& err, const Checkpoint& checkpoint, const Imported& imported, const DefaultStorage& storage,
                  double seconds);

// The same as one object: {"event": "imported", "path": ..., "family": ..., ...}.
[[nodiscard]] Json import_json(const Checkpoint& checkpoint, const Imported& imported,
                               const std::filesystem::path& output, double seconds);

}  // namespace sfumato
