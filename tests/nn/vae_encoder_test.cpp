#include "nn/vae_encoder.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "golden/golden_file.h"
#include "nn/tensor_image.h"
#include "nn/vae_decoder.h"
#include "test_bundle.h"

namespace sfumato {
namespace {

const Bundle& model() {
  static const BundleFolder bundle = test_bundle();
  return bundle;
}

VaeEncoder encoder(at::ScalarType dtype = at::kFloat) {
  return {model(), {.device = at::kCPU, .dtype = dtype, .threads = 2}};
}

// Coloured waves.
at::Tensor picture(int width, int height) {
  Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (const double angle : {x / 9.0, y / 7.0, (x + y) / 15.0}) {
        image.rgb.push_back(static_cast<std::uint8_t>(127.5 + 100 * std::sin(angle)));
      }
    }
  }
  return to_pixels(image);
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(VaeEncoder, GivesWhatTheDecoderTakes) {
  const c10::InferenceMode inference;
  const at::Tensor pixels = picture(96, 64);
  const Encoded encoded = encoder().encode(pixels);
  EXPECT_EQ(encoded.mean.sizes(), (std::vector<std::int64_t>{1, 8, 8, 12}));
  EXPECT_EQ(encoded.deviation.sizes(), encoded.mean.sizes());
  EXPECT_EQ(encoded.note, "");
  const at::Tensor back = VaeDecoder(model(), {.device = at::kCPU}).decode(encoded.mean, 1ULL << 40).pixels;
  EXPECT_LT((back - pixels).abs().mean().item<double>(), 0.1) << "half a step of twenty from black to white";
  EXPECT_LT((encoded.sample(at::zeros_like(encoded.mean)) - encoded.mean).abs().max().item<double>(), 1e-12);
}

TEST(VaeEncoder, GivesDiffusersMoments) {
  const c10::InferenceMode inference;
  const GoldenFile golden(SFUMATO_GOLDEN_FILE);
  const double scale = model().config().latents.scaling_factor;
  const Encoded encoded = encoder().encode(golden.tensor("source"));
  EXPECT_LT(largest_difference(encoded.mean, scale * golden.tensor("source.mean")), 1e-4);
  EXPECT_LT(largest_difference(encoded.deviation, scale * golden.tensor("source.deviation")), 1e-4);
}

TEST(VaeEncoder, RemembersWhatItEncodedLately) {
  const c10::InferenceMode inference;
  VaeEncoder one = encoder();
  const at::Tensor first = one.encode(picture(64, 64)).mean;
  EXPECT_TRUE(one.encode(picture(64, 64)).mean.is_same(first));
  EXPECT_FALSE(one.encode(picture(64, 64) * 0.5).mean.is_same(first));
  EXPECT_FALSE(one.encode(picture(64, 64).reshape({1, 3, 32, 128})).mean.is_same(first));
  EXPECT_TRUE(one.encode(picture(64, 64)).mean.is_same(first));
}

TEST(VaeEncoder, EncodesInFloat32WhatHalfAFloatCannotHold) {
  const c10::InferenceMode inference;
  const at::Tensor loud = 1e6 * picture(64, 64);  // beyond float16, which ends at 65504
  const Encoded found = encoder(at::kHalf).encode(loud);
  EXPECT_EQ(found.note, "encoded in float32, because in float16 some values were not finite");
  EXPECT_LT(largest_difference(found.mean, encoder().encode(loud).mean), 1e-4);
}

TEST(VaeEncoder, RefusesLatentsThatAreNotFinite) {
  const c10::InferenceMode inference;
  EXPECT_THROW((void)encoder().encode(at::full({1, 3, 64, 64}, NAN)), Error);
}

TEST(VaeEncoder, TellsWhatItNeeds) {
  // 48 channels of float32 at 512x512 are 50 MB.
  EXPECT_NEAR(encoder().memory(512, 512) / encoder().memory(256, 256), 4, 1e-9);
  EXPECT_GT(encoder().memory(512, 512), 50e6);
}

}  // namespace
}  // namespace sfumato
