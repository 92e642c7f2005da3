// The number from which a run draws the seeds that were not given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sfumato {

// For a run into a folder: drawn once and durable when this returns, so that the same command, repeated after it was
// stopped, draws the same seeds; so do two processes of one command. `command`: what was asked for, in any form that is
// the same each time and for each process (without --shard).
// Throws Error(cannot_create), Error(io_error), or Error(bad_data) if the record is damaged.
[[nodiscard]] std::uint64_t base_seed(const std::filesystem::path& folder, const std::string& command);

// When all pictures of the command exist: the next run of it draws new seeds.
void forget_base_seed(const std::filesystem::path& folder, const std::string& command);

// For a run that cannot be resumed: 32 bits, short enough to be typed again.
[[nodiscard]] std::uint64_t random_seed();

}  // namespace sfumato
