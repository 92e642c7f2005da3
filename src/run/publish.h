// Making a file appear, whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace sfumato {

// Writes to a temporary file beside `target`, fsyncs, and gives it its name in one step: under that name the file is
// complete or not there, whatever happens in between. A file that exists is replaced only if `overwrite`. Throws
// Error(cannot_create) if the file exists or cannot be created, Error(io_error) if writing fails; the temporary file is
// removed.
void publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite);

// Creates the folder that `target` lies in, if need be, and throws the Error(cannot_create) that publish() would throw
// for a reason that is there already. For the time before the work is done.
void check_publishable(const std::filesystem::path& target, bool overwrite);

}  // namespace sfumato
