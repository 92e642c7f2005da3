// The small files in .sfumato/ that hold one decision of the first process for all that follow: a seed, a dtype.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sfumato {

// The content of .sfumato/NAME; nullopt if it or the folder is not there. Throws Error(bad_data) if it is too long to
// be one, Error(input_missing) if it cannot be read or a symbolic link leads outside the folder.
[[nodiscard]] std::optional<std::string> read_state_file(const std::filesystem::path& folder, const std::string& name);

// Writes it durably and makes its folder. Returns false if it is there: another process was first. Throws
// Error(cannot_create) or Error(io_error).
[[nodiscard]] bool write_state_file(const std::filesystem::path& folder, const std::string& name,
                                    const std::string& text);

// Ignores what cannot be removed.
void remove_state_file(const std::filesystem::path& folder, const std::string& name);

}  // namespace sfumato
