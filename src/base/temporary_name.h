// The names of unfinished files and folders, .sfumato-HOST-PID.START-N.part, and the removal of those left by dead
// processes.
#pragma once

#include <filesystem>
#include <string>

namespace sfumato {

inline constexpr int kMaxTemporaryNames = 1000;  // attempts of a process in one folder

// The name number `attempt`, from 0, of this process.
[[nodiscard]] std::string temporary_name(int attempt);

// Locks a file or folder that this process has just created under such a name, for as long as the descriptor is open.
// File systems without locks are accepted. Returns false if another process took it for stale: try the next name.
[[nodiscard]] bool mark_in_use(int descriptor);

// Removes the temporary files and folders in `folder` that nobody uses: not locked, and their process, of this host, is
// gone or they are older than a day. Where locks do not work only age counts. Follows no symbolic link, ignores what
// cannot be removed. Returns how many it removed.
int remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace sfumato
