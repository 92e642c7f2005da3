// Finds the files that a picture of this program was made from.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

// The path of a regular file with the digest of `recorded`: its own path, else its name in one of the folders of
// `places`, else one of the files there; nullopt if none has the digest. Files that cannot be read are skipped.
[[nodiscard]] std::optional<std::string> locate_input(const InputFile& recorded,
                                                      std::span<const std::filesystem::path> places);

}  // namespace sfumato
