// Random seeds that are the same when a run resumes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sfumato {

// draw() is a function of the run's base seed, the prompts of the line, and the number of earlier lines with the same
// prompts: inserting, removing or moving lines does not change the seeds of others. 40 bytes per distinct prompt.
class RandomSeeds {
 public:
  explicit RandomSeeds(std::uint64_t base) : base_(base) {}
  [[nodiscard]] std::uint64_t draw(std::string_view prompts);

 private:
  std::uint64_t base_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;  // key: the first 64 bits of the SHA-256
};

// Seed number `place` of a draw: 32 bits, short enough to be typed again.
[[nodiscard]] std::uint64_t seed_at(std::uint64_t drawn, std::uint64_t place);

}  // namespace sfumato
