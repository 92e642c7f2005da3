// Files that pictures are made from: looked at when they are named, and read again when the picture is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// What is known of the file at `path`, which is read once for that; "-" is standard input. Pipes, such as a shell's
// <(...), and standard input can be read only once: their bytes are kept, and the same name means the same bytes until
// the program ends. Throws Error(input_missing) with the system's reason if there is no such file or it cannot be read,
// or is a folder or a device; Error(bad_data) if it is empty or longer than kMaxImageBytes (image_limits.h).
[[nodiscard]] InputFile input_file(const std::string& path);

// The bytes. Throws as input_file does, and Error(bad_data) if they are others than input_file saw.
[[nodiscard]] std::shared_ptr<const std::vector<std::uint8_t>> read_input(const InputFile& file);

// How messages name it: its path, fit for one line, or "standard input".
[[nodiscard]] std::string shown(const InputFile& file);

}  // namespace sfumato
