// numpy.random.SeedSequence: seeds for independent streams from one number (M. O'Neill's seed_seq_fe).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sfumato {

// SeedSequence(entropy, spawn_key=spawn_key, pool_size=pool_size).generate_state(count).
[[nodiscard]] std::vector<std::uint32_t> seed_sequence(std::uint64_t entropy, std::span<const std::uint64_t> spawn_key,
                                                       std::size_t pool_size, std::size_t count);

}  // namespace sfumato
