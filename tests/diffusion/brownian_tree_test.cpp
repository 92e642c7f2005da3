// golden/kdiffusion.safetensors holds torchsde's values (scripts/golden/make_kdiffusion_golden.py). The literals of
// seeds are numpy 2.4's.
#include "diffusion/brownian_tree.h"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "diffusion/noise.h"
#include "diffusion/seed_sequence.h"
#include "golden/golden_file.h"

namespace sfumato {
namespace {

using Words = std::vector<std::uint32_t>;

TEST(SeedSequence, IsNumpys) {
  constexpr std::array<std::uint64_t, 2> root = {0, 0}, node = {5, 3};
  EXPECT_EQ(seed_sequence(0, {}, 24, 3), (Words{0xeff41bd6, 0xa030bacb, 0x8ab2f371}));
  EXPECT_EQ(seed_sequence(7, root, 24, 3), (Words{0x0f99a34e, 0xf15ed8fc, 0x2a82ed6f}));
  EXPECT_EQ(seed_sequence(7, node, 24, 2), (Words{0x459672fd, 0x236af38e}));
  EXPECT_EQ(seed_sequence(4294967301, {}, 24, 2), (Words{0xb2eb1c74, 0x0f126621})) << "2^32 + 5";
  EXPECT_EQ(seed_sequence(4294967301, node, 24, 1), (Words{0x19a7181a}));
  EXPECT_EQ(seed_sequence(7, {}, 4, 6), (Words{0x7c326e58, 0xead0f701, 0xf97e037a, 0x0879c4f0, 0x6745675f, 0x623a8c4b}))
      << "more words than the pool has";
}

constexpr auto kLow = 0.029167151F, kHigh = 14.614643F;

BrownianTree tree_of(std::uint64_t seed) {
  return {kLow, kHigh, seed, [](std::uint32_t node) { return NoiseSource(node, {1, 2, 4, 4}, at::kCPU).draw(); }};
}

TEST(BrownianTree, IsTorchsdes) {
  const GoldenFile golden(std::filesystem::path(SFUMATO_GOLDEN_FILE).replace_filename("kdiffusion.safetensors"));
  BrownianTree tree = tree_of(7);
  int compared = 0;
  for (const auto& [name, stored] : golden.all()) {
    if (!name.starts_with("tree/")) continue;
    const std::size_t slash = name.find('/', 5);
    const float from = std::stof(name.substr(5, slash - 5)), to = std::stof(name.substr(slash + 1));
    const at::Tensor increment = tree.increment(from, to) / std::sqrt(from - to);
    EXPECT_LT((increment - golden.tensor(name)).abs().max().item<double>(), 2e-5) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 6);
}

TEST(BrownianTree, IsOnePathWhateverIsAskedFor) {
  BrownianTree one = tree_of(3), other = tree_of(3), third = tree_of(4);
  const at::Tensor whole = one.increment(9, 2);
  const at::Tensor parts = other.increment(5, 2) + other.increment(9, 5);
  EXPECT_LT((whole - parts).abs().max().item<double>(), 1e-5);
  EXPECT_GT((whole - third.increment(9, 2)).abs().max().item<double>(), 0.1);
}

TEST(BrownianTree, DoesNotMoveOutsideItsEnds) {
  BrownianTree tree = tree_of(3);
  EXPECT_EQ(tree.increment(20, 15).abs().max().item<float>(), 0);
  EXPECT_TRUE(tree.increment(20, 0.001).equal(tree.increment(kHigh, kLow)));
}

}  // namespace
}  // namespace sfumato
