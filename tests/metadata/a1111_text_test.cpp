#include "metadata/a1111_text.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

using namespace std::string_literals;
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string value(const ImageRecord& record, const std::string& name) {
  for (const ImageRecord::Value& one : record.values) {
    if (one.name == name) return one.text;
  }
  return "(absent)";
}

std::string other(const ImageRecord& record, const std::string& name) {
  for (const auto& [key, text] : record.unmapped) {
    if (key == name) return text;
  }
  return "(absent)";
}

ImageRecord record_of_text(const std::string& text) {
  const std::optional<ImageRecord> record = record_of_a1111_text(text);
  EXPECT_TRUE(record) << text;
  return record.value_or(ImageRecord{});
}

const std::string kFox =
    "a photo of a (red:1.2) fox, snow\n"
    "Negative prompt: blurry, lowres\n"
    "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, "
    "Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Denoising strength: 0.7, RNG: CPU, Version: v1.10.1";

TEST(A1111Text, IsAPromptANegativePromptAndPairs) {
  const A1111Text text = split_a1111_text(kFox);
  EXPECT_EQ(text.prompt, "a photo of a (red:1.2) fox, snow");
  EXPECT_EQ(text.negative_prompt, "blurry, lowres");
  ASSERT_EQ(text.pairs.size(), 11U);
  EXPECT_EQ(text.pairs[1], std::pair("Sampler"s, "DPM++ 2M"s));
  EXPECT_EQ(text.pairs[7].second, "v1-5-pruned-emaonly");
}

TEST(A1111Text, TellsOfPicturesThatWereStartedFrom) {
  const ImageRecord record = record_of_text(
      "a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 8x8, Denoising strength: 0.7, Image CFG scale: "
      "1.2, "
      "Mask blur: 4, Mask mode: Inpaint not masked, Inpaint area: Only masked, Masked area padding: 32, Version: "
      "v1.10.1");
  EXPECT_EQ(value(record, "strength"), "0.7");
  EXPECT_EQ(value(record, "image_cfg_scale"), "1.2");
  EXPECT_EQ(value(record, "mask_blur"), "4");
  EXPECT_EQ(value(record, "mask_invert"), "true");
  EXPECT_EQ(value(record, "inpaint_area"), "Only masked");
  EXPECT_EQ(other(record, "Masked area padding"), "32");
}

TEST(A1111Text, KnowsTheStrengthOfAnEnlargementFromThatOfAPicture) {
  const ImageRecord record = record_of_text(
      "a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Denoising strength: 0.7, Hires upscale: 2");
  EXPECT_EQ(value(record, "strength"), "(absent)");
  EXPECT_EQ(other(record, "Denoising strength"), "0.7");
}

TEST(A1111Text, HasPromptsOfSeveralLines) {
  const A1111Text text = split_a1111_text("one\ntwo\nNegative prompt: three\nfour\nSteps: 1, Seed: 2, Size: 8x8");
  EXPECT_EQ(text.prompt, "one\ntwo");
  EXPECT_EQ(text.negative_prompt, "three\nfour");
  EXPECT_EQ(text.pairs, (Pairs{{"Steps", "1"}, {"Seed", "2"}, {"Size", "8x8"}}));
}

TEST(A1111Text, MayLackEitherPrompt) {
  EXPECT_EQ(split_a1111_text("Negative prompt: bad\nSteps: 1, Seed: 2, Size: 8x8").negative_prompt, "bad");
  EXPECT_EQ(split_a1111_text("Negative prompt: bad\nSteps: 1, Seed: 2, Size: 8x8").prompt, "");
  EXPECT_EQ(split_a1111_text("Steps: 1, Seed: 2, Size: 8x8").prompt, "");
  EXPECT_EQ(split_a1111_text("a cat\nSteps: 1, Seed: 2, Size: 8x8").negative_prompt, "");
}

TEST(A1111Text, HasQuotedValues) {
  const A1111Text text = split_a1111_text(
      R"(a
Steps: 1, Model: "a, b: \"c\"", Hashes: "x: 1, y: 2", Seed: 3, Odd: "open, Last: 4)");
  EXPECT_EQ(text.pairs, (Pairs{{"Steps", "1"},
                               {"Model", "a, b: \"c\""},
                               {"Hashes", "x: 1, y: 2"},
                               {"Seed", "3"},
                               {"Odd", "\"open"},
                               {"Last", "4"}}));
}

TEST(A1111Text, TakesALineOfFewerThanThreePairsAsPartOfThePrompt) {
  const A1111Text text = split_a1111_text("a cat\nstyle: anime, mood: calm");
  EXPECT_EQ(text.prompt, "a cat\nstyle: anime, mood: calm");
  EXPECT_TRUE(text.pairs.empty());
  EXPECT_FALSE(record_of_a1111_text("just words"));
  EXPECT_FALSE(record_of_a1111_text(""));
}

TEST(A1111Text, BecomesTheValuesThatAreKnownHere) {
  const ImageRecord record = record_of_text(kFox);
  EXPECT_EQ(record.program, "AUTOMATIC1111");
  EXPECT_EQ(record.version, "v1.10.1");
  EXPECT_EQ(record.model, "v1-5-pruned-emaonly");
  EXPECT_EQ(value(record, "prompt"), "a photo of a (red:1.2) fox, snow");
  EXPECT_EQ(value(record, "negative_prompt"), "blurry, lowres");
  EXPECT_EQ(value(record, "steps"), "20");
  EXPECT_EQ(value(record, "sampling_method"), "DPM++ 2M");
  EXPECT_EQ(value(record, "scheduler"), "Karras");
  EXPECT_EQ(value(record, "cfg_scale"), "7");
  EXPECT_EQ(value(record, "seed"), "965400086");
  EXPECT_EQ(value(record, "size"), "512x768");
  EXPECT_EQ(value(record, "strength"), "0.7");
  EXPECT_EQ(record.model_hash, "6ce0161689");
  EXPECT_TRUE(record.warnings.empty());
}

TEST(A1111Text, KeepsWhatThisProgramDoesNotTakeInItsOwnWords) {
  const ImageRecord record =
      record_of_text("a\nSteps: 5000, Sampler: Nonesuch, Schedule type: Least Steps, Seed: -1, Size: big");
  EXPECT_EQ(value(record, "steps"), "(absent)");
  EXPECT_EQ(other(record, "Steps"), "5000");
  EXPECT_EQ(other(record, "Sampler"), "Nonesuch");
  EXPECT_EQ(other(record, "Schedule type"), "Least Steps");
  EXPECT_EQ(other(record, "Seed"), "-1");
  EXPECT_EQ(other(record, "Size"), "big");
}

// A1111 draws on a GPU, takes the noise of a Brownian path and leaves levels out, without a word in the text.
TEST(A1111Text, MeansWhatA1111DoesWithoutSayingIt) {
  const auto record_with = [](const std::string& values) {
    return record_of_text("a fox\nSteps: 20, " + values + ", Seed: 5, Size: 8x8, Version: v1.10.1");
  };
  const ImageRecord sde = record_with("Sampler: DPM++ 3M SDE, Schedule type: Automatic");
  EXPECT_EQ(value(sde, "rng"), "philox");
  EXPECT_EQ(value(sde, "sde_noise"), "brownian");
  EXPECT_EQ(value(sde, "scheduler"), "exponential");
  EXPECT_EQ(value(sde, "discard_penultimate"), "true");
  EXPECT_EQ(value(sde, "eta"), "(absent)");
  const ImageRecord euler = record_with("Sampler: Euler, Schedule type: Uniform, RNG: CPU");
  EXPECT_EQ(value(euler, "rng"), "cpu");
  EXPECT_EQ(value(euler, "scheduler"), "Uniform") << "which is normal";
  EXPECT_EQ(value(euler, "sde_noise"), "(absent)");
  EXPECT_EQ(value(euler, "discard_penultimate"), "(absent)");
  EXPECT_EQ(value(record_with("Sampler: Euler, RNG: NV"), "rng"), "philox");
  EXPECT_EQ(other(record_with("Sampler: Euler, RNG: dice"), "RNG"), "dice");
  EXPECT_EQ(value(record_with("Sampler: Euler, Discard penultimate sigma: True"), "discard_penultimate"), "true");
  EXPECT_EQ(value(record_with("Sampler: DPM fast"), "eta"), "1");
  EXPECT_EQ(value(record_of_text("a\nSteps: 5, Sampler: Euler a, Model hash: 6ce0161689"), "rng"), "philox")
      << "before it wrote its version";
  EXPECT_EQ(value(record_of_text("a\nSteps: 5, Sampler: Euler a, Seed: 1"), "rng"), "(absent)");
  EXPECT_EQ(value(record_with("Sampler: Heun, Sigma churn: 3"), "s_churn"), "3");
}

TEST(A1111Text, OfStableDiffusionCppNamesItsOwnNoise) {
  const auto noise_of = [](const std::string& sampler) {
    return value(record_of_text("a fox\nSteps: 20, Seed: 42, RNG: cpu, Sampler: " + sampler +
                                " beta, Version: stable-diffusion.cpp"),
                 "sde_noise");
  };
  EXPECT_EQ(noise_of("dpm++2m_sde"), "independent");
  EXPECT_EQ(noise_of("dpm++2m_sde_bt"), "brownian");
}

// Its faults: both names in one field, "inf", JSON at the end, and UTF-8 where Latin-1 was meant.
TEST(A1111Text, OfStableDiffusionCppIsUnderstood) {
  const std::string written =
      "ein M\u00c3\u00a4dchen\n"
      "Negative prompt: b\u00c3\u00b6se\n"
      "Steps: 20, CFG scale: 7.000000, Guidance: 3.500000, Eta: inf, Seed: 42, Size: 512x512, Model: "
      "v1-5.safetensors, RNG: cuda, Sampler: euler_a discrete, Version: stable-diffusion.cpp, SDCPP: "
      R"({"schema":"sdcpp.image.params/v1","prompt":"(cat:1.2), dog: 3","seed":7})";
  const ImageRecord record = record_of_text(written);
  EXPECT_EQ(record.program, "stable-diffusion.cpp");
  EXPECT_EQ(value(record, "prompt"), "ein M\u00e4dchen");
  EXPECT_EQ(value(record, "negative_prompt"), "b\u00f6se");
  EXPECT_EQ(value(record, "cfg_scale"), "7.000000");
  EXPECT_EQ(value(record, "sampling_method"), "euler_a");
  EXPECT_EQ(value(record, "scheduler"), "normal") << "its discrete is k-diffusion's";
  EXPECT_EQ(value(record, "rng"), "philox");
  EXPECT_EQ(value(record, "seed"), "42");
  EXPECT_EQ(value(record, "eta"), "(absent)");
  EXPECT_EQ(other(record, "cat"), "(absent)");
  EXPECT_EQ(other(record, "Guidance"), "3.500000");
}

TEST(A1111Text, OfThisProgramKeepsLettersThatLookLikeBytes) {
  const ImageRecord record = record_of_text("\u00c3\u00a4\nSteps: 20, Seed: 1, Size: 8x8, Version: sfumato 0.1.0");
  EXPECT_EQ(record.program, "sfumato");
  EXPECT_EQ(record.version, "0.1.0");
  EXPECT_EQ(value(record, "prompt"), "\u00c3\u00a4");
}

TEST(A1111Text, MayBeAnything) {
  for (const std::string text : {":", "a:", ",,,", "a: b: c: d", "\"", "a: \"\\", "Steps:", "Steps: 1, a: , b:",
                                 "\n\n\n", "ab:\"x\"y, cd:1, ef:2", "Negative prompt:"}) {
    (void)record_of_a1111_text(text);
    (void)split_a1111_text(text);
  }
}

}  // namespace
}  // namespace sfumato
