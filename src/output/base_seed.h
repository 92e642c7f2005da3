// The number from which a run draws the seeds that nobody chose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sfumato {

// For a run into a folder: drawn once, and on the disk before this returns, so that the same command, repeated after it
// was stopped, draws the same seeds; two processes of one command agree on it, too. `command` is what was asked for,
// in any form that is the same each time and does not say who of several processes this is (no --shard).
// Throws Error(cannot_create) or Error(io_error).
[[nodiscard]] std::uint64_t base_seed(const std::filesystem::path& folder, const std::string& command);

// When all pictures of the command exist: the next time it is to draw anew.
void forget_base_seed(const std::filesystem::path& folder, const std::string& command);

// For a run that cannot be taken up again: 32 bits, short enough to be typed again.
[[nodiscard]] std::uint64_t random_seed();

}  // namespace sfumato
