#include "jobs/random_seeds.h"

#include "base/sha256.h"

namespace sfumato {
namespace {

std::uint64_t first_64_bits(const std::string& text) { return std::stoull(sha256(text).substr(0, 16), nullptr, 16); }

}  // namespace

std::uint64_t RandomSeeds::draw(std::string_view prompts) {
  const std::uint64_t content = first_64_bits(std::string(prompts));
  const std::uint32_t occurrence = seen_[content]++;
  return first_64_bits(std::to_string(base_) + " " + std::to_string(content) + " " + std::to_string(occurrence));
}

std::uint64_t seed_at(std::uint64_t drawn, std::uint64_t place) {
  return first_64_bits(std::to_string(drawn) + " " + std::to_string(place)) >> 32;
}

}  // namespace sfumato
