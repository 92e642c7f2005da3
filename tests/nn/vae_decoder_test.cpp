#include "nn/vae_decoder.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <limits>

#include "test_bundle.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kPlenty = std::numeric_limits<std::uint64_t>::max();

const Bundle& model() {
  static const BundleFolder bundle = test_bundle();
  return bundle;
}

VaeDecoder decoder(VaeTiling tiling, at::ScalarType dtype = at::kFloat) {
  return {model(), {.device = at::kCPU, .dtype = dtype, .threads = 2}, tiling};
}

// Latents whose left half is loud and whose right half is quiet, so that tiles have statistics of their own.
at::Tensor uneven_latents(std::int64_t height, std::int64_t width) {
  at::Tensor latents = at::randn({1, 8, height, width}, at::make_generator<at::CPUGeneratorImpl>(7U), at::kFloat);
  latents.narrow(3, width / 2, width - width / 2).mul_(0.1);
  return latents;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(VaeDecoder, GivesTheSamePictureInTiles) {
  const c10::InferenceMode inference;
  // 400 x 264 pixels: two tiles by two, the last ones narrow.
  const at::Tensor latents = uneven_latents(50, 33);
  const at::Tensor whole = decoder(VaeTiling::off).decode(latents, kPlenty).pixels;
  const Decoded tiled = decoder(VaeTiling::on).decode(latents, kPlenty);
  EXPECT_EQ(tiled.pixels.sizes(), whole.sizes());
  EXPECT_LT(largest_difference(tiled.pixels, whole), 1e-3);
  EXPECT_EQ(tiled.note, "") << "it was asked for";
}

TEST(VaeDecoder, HasNoSeamsInBfloat16Either) {
  const c10::InferenceMode inference;
  const at::Tensor latents = uneven_latents(40, 40);
  const at::Tensor exact = decoder(VaeTiling::off).decode(latents, kPlenty).pixels;
  const at::Tensor whole = decoder(VaeTiling::off, at::kBFloat16).decode(latents, kPlenty).pixels;
  const at::Tensor tiled = decoder(VaeTiling::on, at::kBFloat16).decode(latents, kPlenty).pixels;
  // Rounding differs anywhere, so what counts is that tiles are as near to the exact picture as the whole is.
  EXPECT_LT((tiled - exact).abs().mean().item<double>(), 1.1 * (whole - exact).abs().mean().item<double>());
}

TEST(VaeDecoder, TakesTilesWhenMemoryIsShortAndSaysSo) {
  const c10::InferenceMode inference;
  const at::Tensor latents = uneven_latents(8, 8);
  VaeDecoder chosen = decoder(VaeTiling::automatic);
  EXPECT_EQ(chosen.decode(latents, kPlenty).note, "");
  EXPECT_EQ(chosen.decode(latents, 1).note, "decoded in tiles, because memory is short; that takes longer");
  EXPECT_EQ(decoder(VaeTiling::off).decode(latents, 1).note, "");
}

TEST(VaeDecoder, NeedsLessMemoryInTiles) {
  // 48 channels of float32 at 4096x4096 are 3.2 GB, and about six such tensors live at once.
  EXPECT_NEAR(decoder(VaeTiling::off).least_memory(4096, 4096), 19.3e9, 0.1e9);
  EXPECT_LT(decoder(VaeTiling::automatic).least_memory(4096, 4096), 4e9);
  EXPECT_LT(decoder(VaeTiling::automatic).least_memory(64, 64), 5e6);
}

TEST(VaeDecoder, DecodesInFloat32WhatHalfAFloatCannotHold) {
  const c10::InferenceMode inference;
  const at::Tensor latents = 1e6 * uneven_latents(8, 8);  // beyond float16, which ends at 65504
  VaeDecoder half = decoder(VaeTiling::off, at::kHalf);
  const Decoded found = half.decode(latents, kPlenty);
  EXPECT_EQ(found.note, "decoded in float32, because in float16 some values were not finite");
  EXPECT_LT(largest_difference(found.pixels, decoder(VaeTiling::off).decode(latents, kPlenty).pixels), 1e-6);
  EXPECT_EQ(half.decode(uneven_latents(8, 8), kPlenty).note, "");
}

}  // namespace
}  // namespace sfumato
