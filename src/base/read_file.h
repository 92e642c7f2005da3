// A file that a user names, as bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sfumato {

// The whole file. Throws Error(input_missing) with the system's reason if it is not there or cannot be read or is not a
// regular file, Error(bad_data) if it is longer than `limit` bytes; nothing is allocated for that.
[[nodiscard]] std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t limit);

// What an open file or pipe gives from here to its end. Messages begin with `where`. Throws Error(input_missing) with
// the system's reason if it cannot be read, Error(bad_data) if it gives more than `limit` bytes, and as
// throw_if_interrupted() does while it waits.
[[nodiscard]] std::vector<std::uint8_t> read_stream(int descriptor, std::size_t limit, const std::string& where);

}  // namespace sfumato
