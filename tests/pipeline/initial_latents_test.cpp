// The random numbers are counted: each draw of a seed is told from the others by its value.
#include "pipeline/initial_latents.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

namespace sfumato {
namespace {

const std::vector<std::int64_t> kShape = {1, 1, 2, 2};
const SigmaTable kTable{.sigmas = {4, 2, 0}, .timesteps = {500, 250}, .initial_scale = 9};

// The n-th draw of the seed, from 0.
at::Tensor draw(int n) {
  NoiseSource noise(5, kShape, at::kCPU);
  at::Tensor drawn = noise.draw();
  for (int i = 0; i < n; ++i) drawn = noise.draw();
  return drawn;
}

Encoded encoded(double mean, double deviation) {
  return {.mean = at::full(kShape, mean), .deviation = at::full(kShape, deviation)};
}

struct Begun {
  InitialLatents beginning;
  at::Tensor next;  // what the sampler draws first
};

Begun begin(const InitImageLatents& source, bool from_noise = false) {
  NoiseSource noise(5, kShape, at::kCPU);
  Begun begun{.beginning = latents_from_image(source, kTable, from_noise, noise), .next = {}};
  begun.next = noise.draw();
  return begun;
}

TEST(InitialLatents, IsScaledNoiseWithoutAPicture) {
  NoiseSource noise(5, kShape, at::kCPU);
  EXPECT_TRUE(latents_from_noise(kTable, noise).x.equal(9 * draw(0)));
}

TEST(InitialLatents, IsThePictureWithNoise) {
  for (const bool from_noise : {false, true}) {
    const Begun begun = begin({.picture = encoded(3, 0.5)}, from_noise);
    EXPECT_TRUE(begun.beginning.x.equal(3 + 0.5 * draw(0) + 4 * draw(1)));
    EXPECT_TRUE(begun.next.equal(draw(2)));
    EXPECT_FALSE(begun.beginning.blend.latents.defined());
    EXPECT_FALSE(begun.beginning.concat.defined());
  }
}

TEST(InitialLatents, KeepsWhatTheMaskKeeps) {
  const at::Tensor mask = at::ones({1, 1, 2, 2});
  const Begun begun = begin({.picture = encoded(3, 0.5), .mask = mask});
  const at::Tensor latents = 3 + 0.5 * draw(0);
  EXPECT_TRUE(begun.beginning.x.equal(latents + 4 * draw(1)));
  EXPECT_TRUE(begun.beginning.blend.latents.equal(latents));
  EXPECT_TRUE(begun.beginning.blend.noise.equal(draw(1)));
  EXPECT_TRUE(begun.beginning.blend.mask.equal(mask));
  EXPECT_TRUE(begun.next.equal(draw(3))) << "diffusers draws for the masked picture too";
}

TEST(InitialLatents, IsNoiseAloneWithAMaskAtStrengthOne) {
  const Begun begun = begin({.picture = encoded(3, 0.5), .mask = at::ones({1, 1, 2, 2})}, /*from_noise=*/true);
  EXPECT_TRUE(begun.beginning.x.equal(9 * draw(1)));
  EXPECT_TRUE(begun.beginning.blend.latents.equal(3 + 0.5 * draw(0)));
}

TEST(InitialLatents, ShowsTheMaskedPictureToANetworkMadeForInpainting) {
  const InitImageLatents source{
      .picture = encoded(3, 0.5), .mask = at::full({1, 1, 2, 2}, 0.25), .masked = encoded(-1, 2)};
  const Begun begun = begin(source);
  EXPECT_TRUE(begun.beginning.x.equal(3 + 0.5 * draw(0) + 4 * draw(1)));
  EXPECT_FALSE(begun.beginning.blend.latents.defined());
  ASSERT_EQ(begun.beginning.concat.sizes(), (std::vector<std::int64_t>{1, 2, 2, 2}));
  EXPECT_TRUE(begun.beginning.concat.narrow(1, 0, 1).equal(source.mask));
  EXPECT_TRUE(begun.beginning.concat.narrow(1, 1, 1).equal(-1 + 2 * draw(2)));

  const Begun from_noise = begin(source, /*from_noise=*/true);
  EXPECT_TRUE(from_noise.beginning.x.equal(9 * draw(0))) << "diffusers does not encode the picture then";
  EXPECT_TRUE(from_noise.beginning.concat.narrow(1, 1, 1).equal(-1 + 2 * draw(1)));
}

}  // namespace
}  // namespace sfumato
