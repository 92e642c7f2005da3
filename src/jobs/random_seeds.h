// Seeds that nobody chose, and that are the same when a run is taken up again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sfumato {

// A function of the run's base seed, of the prompts that it is drawn for, and of how often those came before: lines
// that are put in, taken out or moved change no other line's seeds. 40 bytes for each different prompt.
class RandomSeeds {
 public:
  explicit RandomSeeds(std::uint64_t base) : base_(base) {}
  [[nodiscard]] std::uint64_t draw(std::string_view prompts);

 private:
  std::uint64_t base_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;  // by the first 64 bits of SHA-256
};

// Number `place` of what was drawn: 32 bits, short enough to be typed again.
[[nodiscard]] std::uint64_t seed_at(std::uint64_t drawn, std::uint64_t place);

}  // namespace sfumato
