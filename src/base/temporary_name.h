// The names of files that are not finished: .sfumato-HOST-PID-N.part
#pragma once

#include <filesystem>
#include <string>

namespace sfumato {

// The nth name for a temporary file of this process.
[[nodiscard]] std::string temporary_name(int attempt);

// Lets others see that somebody is at work on the file, for as long as the descriptor is open: a lock that goes with
// the process, and a courtesy only, for there are file systems without locks.
void mark_in_use(int descriptor);

// Removes the temporary files in `folder` whose process is gone: of this host, with no such process and no such lock
// any more, or older than a day. Returns how many.
int remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace sfumato
