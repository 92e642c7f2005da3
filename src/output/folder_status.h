// What has become of the runs into a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/process.h"

namespace sfumato {

struct FolderStatus {
  struct Failure {
    std::string job;     // its key
    std::string reason;  // one line
  };
  struct Working {
    ProcessName process;
    std::size_t pictures;  // that it is at
  };
  std::uint64_t done = 0;                // pictures that are there and whole
  std::uint64_t missing = 0;             // were finished, and are not there any more
  std::vector<std::string> damaged{};    // files that are not whole any more
  std::vector<Failure> failed{};         // and not made since
  std::vector<std::string> set_aside{};  // keys of jobs that killed their process more than once
  std::vector<Working> in_progress{};
};

// Looks at every picture, by its size and time or, if these have changed, by reading it; writes nothing.
// Throws Error(input_missing) if the folder is not there or has no .sfumato/.
[[nodiscard]] FolderStatus status_of(const std::filesystem::path& folder);

}  // namespace sfumato
