// Files that an image is made from (InputFile): their digests, and their bytes when the image is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// Reads the file at `path` once and fills InputFile::sha256; "-" is standard input. Standard input and pipes, such as a
// shell's <(...), can be read only once: their bytes stay in memory, and the same path gives the same bytes until the
// program ends. Throws Error(input_missing) with the system's reason if there is no such file, it cannot be read, or it
// is a folder or a device; Error(bad_data) if it is empty or longer than kMaxImageBytes (image_limits.h).
[[nodiscard]] InputFile input_file(const std::string& path);

// The bytes. Throws as input_file does, and Error(bad_data) if `file` has a digest and the bytes have another.
[[nodiscard]] std::shared_ptr<const std::vector<std::uint8_t>> read_input(const InputFile& file);

// The path in messages: fit for one line, or "standard input".
[[nodiscard]] std::string shown(const InputFile& file);

}  // namespace sfumato
