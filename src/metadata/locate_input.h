// Where the files are now that a picture of this program says it was made from.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

// The path of a file with the digest of `wanted`: its own path, or else the same name in one of these folders, or else
// one of these files. Nothing if none of them has it; files that cannot be read are passed over.
[[nodiscard]] std::optional<std::string> locate_input(const InputFile& wanted,
                                                      std::span<const std::filesystem::path> places);

}  // namespace sfumato
