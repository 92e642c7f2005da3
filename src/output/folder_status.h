// The state of a folder of pictures, over all runs into it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/process.h"
#include "output/completed_index.h"

namespace sfumato {

struct FolderStatus {
  struct Failure {
    std::string job;     // its key
    std::string reason;  // one line
  };
  struct Working {
    ProcessName process;
    std::size_t pictures;  // started and not ended
  };
  std::uint64_t done = 0;                // pictures that exist and are complete
  std::uint64_t missing = 0;             // were finished, and do not exist any more
  std::vector<std::string> damaged{};    // files that are not complete any more
  std::vector<std::string> rewritten{};  // of `done`: complete, but their bytes are not those that were recorded
  std::vector<Failure> failed{};         // and not made since
  std::vector<std::string> set_aside{};  // keys of jobs (output/deaths.h)
  std::vector<Working> in_progress{};
};

// Checks every picture, by the size and time of its file or, if these have changed, by reading it. on_checked: also
// compares the others with their SHA-256 (CompletedIndex::check_digests()). Writes nothing.
// Throws Error(input_missing) if the folder does not exist or has no .sfumato/.
[[nodiscard]] FolderStatus status_of(const std::filesystem::path& folder,
                                     const CompletedIndex::OnChecked& on_checked = {});

}  // namespace sfumato
