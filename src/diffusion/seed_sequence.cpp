#include "diffusion/seed_sequence.h"

#include <algorithm>

namespace sfumato {
namespace {

constexpr unsigned kShift = 16;

// Mixes values into one another by a constant that changes with each use.
class Hash {
 public:
  Hash(std::uint32_t start, std::uint32_t factor) : constant_(start), factor_(factor) {}
  std::uint32_t operator()(std::uint32_t value) {
    value ^= constant_;
    constant_ *= factor_;
    value *= constant_;
    return value ^ (value >> kShift);
  }

 private:
  std::uint32_t constant_;
  std::uint32_t factor_;
};

std::uint32_t mixed(std::uint32_t x, std::uint32_t y) {
  const std::uint32_t result = 0xca01f9ddU * x - 0x4973f715U * y;
  return result ^ (result >> kShift);
}

// A number in words of 32 bits, the lowest first; 0 is one word.
void append(std::vector<std::uint32_t>& words, std::uint64_t number) {
  words.push_back(static_cast<std::uint32_t>(number));
  if (number >> 32U != 0) words.push_back(static_cast<std::uint32_t>(number >> 32U));
}

}  // namespace

std::vector<std::uint32_t> seed_sequence(std::uint64_t entropy, std::span<const std::uint64_t> spawn_key,
                                         std::size_t pool_size, std::size_t count) {
  std::vector<std::uint32_t> words;
  append(words, entropy);
  if (!spawn_key.empty()) words.resize(std::max(words.size(), pool_size), 0);  // so that a key never counts as entropy
  for (const std::uint64_t number : spawn_key) append(words, number);

  Hash hash(0x43b0d7e5U, 0x931e8875U);
  std::vector<std::uint32_t> pool;
  for (std::size_t i = 0; i < pool_size; ++i) pool.push_back(hash(i < words.size() ? words[i] : 0));
  for (std::size_t from = 0; from < pool_size; ++from) {
    for (std::size_t to = 0; to < pool_size; ++to) {
      if (from != to) pool[to] = mixed(pool[to], hash(pool[from]));
    }
  }
  for (std::size_t from = pool_size; from < words.size(); ++from) {
    for (std::uint32_t& to : pool) to = mixed(to, hash(words[from]));
  }

  Hash output(0x8b51f9ddU, 0x58f38dedU);
  std::vector<std::uint32_t> state;
  for (std::size_t i = 0; i < count; ++i) state.push_back(output(pool[i % pool_size]));
  return state;
}

}  // namespace sfumato
