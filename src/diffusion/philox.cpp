#include "diffusion/philox.h"

#include <array>
#include <cmath>

namespace sfumato {
namespace {

using Counter = std::array<std::uint32_t, 4>;

constexpr int kRounds = 10;
constexpr std::uint64_t kFactor0 = 0xD2511F53U, kFactor1 = 0xCD9E8D57U;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9U, kWeyl1 = 0xBB67AE85U;
// In float32, as CUDA's curand_normal has them.
constexpr float kPerUnit = 2.3283064e-10F;                                 // 2^-32
constexpr float kPerTurn = static_cast<float>(2.3283064e-10 * 6.2831855);  // 2 pi 2^-32

Counter philox(Counter counter, std::uint64_t seed) {
  auto key0 = static_cast<std::uint32_t>(seed), key1 = static_cast<std::uint32_t>(seed >> 32U);
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kFactor0 * counter[0], product1 = kFactor1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32U) ^ counter[1] ^ key0, static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32U) ^ counter[3] ^ key1, static_cast<std::uint32_t>(product0)};
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  return counter;
}

}  // namespace

std::vector<float> philox_normal(std::uint64_t seed, std::uint32_t draw, std::size_t count) {
  std::vector<float> numbers;
  numbers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {  // each number has a thread of its own on the GPU
    const Counter bits = philox({draw, 0, static_cast<std::uint32_t>(i), 0}, seed);
    const double u = bits[0] * double{kPerUnit} + double{kPerUnit / 2};
    const double v = bits[1] * double{kPerTurn} + double{kPerTurn / 2};
    numbers.push_back(static_cast<float>(std::sqrt(-2 * std::log(u)) * std::sin(v)));
  }
  return numbers;
}

}  // namespace sfumato
