// Paths in messages.
#pragma once

#include <filesystem>
#include <string>

#include "base/printable.h"

namespace sfumato {

// Fit for a terminal and one line, at most 400 bytes.
[[nodiscard]] inline std::string shown_path(const std::filesystem::path& path) { return printable(path.string(), 400); }

}  // namespace sfumato
