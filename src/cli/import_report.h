// What an import tells: lines for people, an object for programs.
#pragma once

#include <filesystem>
#include <ostream>

#include "base/json.h"
#include "import/write/default_storage.h"
#include "import/write/import_model.h"

namespace sfumato {

// Family, counts, what was not used, what was assumed: a few lines that begin with "sfumato: ".
void tell_import(std::ostream& err, const Checkpoint& source, const Imported& imported, const DefaultStorage& storage,
                 double seconds);

// The same as one object: {"event": "imported", "path": ..., "family": ..., ...}.
[[nodiscard]] Json import_json(const Checkpoint& source, const Imported& imported, const std::filesystem::path& output,
                               double seconds);

}  // namespace sfumato
