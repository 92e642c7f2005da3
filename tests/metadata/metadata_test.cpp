#include "metadata/metadata.h"

#include <gtest/gtest.h>

#include <set>

#include "sfumato/version.h"

namespace sfumato {
namespace {

const Provenance kProvenance = {.model_name = "tiny",
                                .model_digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                .dtype = "float32"};

const GenerateOptions kOptions = {.prompt = "a cat, 3D style",
                                  .negative_prompt = "blurry",
                                  .width = 64,
                                  .height = 32,
                                  .steps = 7,
                                  .cfg_scale = 2.5,
                                  .sampling_method = SamplingMethod::dpmpp_2m,
                                  .scheduler = Scheduler::karras,
                                  .eta = 0,
                                  .seed = 18446744073709551615U};

std::string parameters(const GenerateOptions& options, const Provenance& provenance = kProvenance) {
  return metadata(options, provenance).front().text;
}

TEST(Metadata, HasTheTextThatOtherToolsRead) {
  EXPECT_EQ(metadata(kOptions, kProvenance).front().keyword, "parameters");
  EXPECT_EQ(
      parameters(kOptions),
      "a cat, 3D style\n"
      "Negative prompt: blurry\n"
      "Steps: 7, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 2.5, Seed: 18446744073709551615, Size: 64x32, "
      "Model hash: 0123456789, Model: tiny, RNG: CPU, Version: sfumato " +
          std::string(kVersion));
}

TEST(Metadata, NamesTheRefinerOfThePicturesThatItDraws) {
  Provenance provenance = kProvenance;
  provenance.refiner_name = "fine: 1.0";
  provenance.refiner_digest = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
  EXPECT_EQ(metadata(kOptions, provenance)[0].text, metadata(kOptions, kProvenance)[0].text);
  EXPECT_EQ(key_of(kOptions, provenance), key_of(kOptions, kProvenance));
  GenerateOptions options = kOptions;
  options.refiner_switch = 0.8;
  EXPECT_NE(parameters(options, provenance)
                .find(R"(, Model: tiny, Refiner: "fine: 1.0 [fedcba9876]", Refiner switch at: 0.8, RNG: CPU)"),
            std::string::npos)
      << parameters(options, provenance);
  const std::string json = metadata(options, provenance)[1].text;
  EXPECT_NE(json.find(R"("refiner":"fine: 1.0","refiner_digest":"fedcba9876543210)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("refiner_switch":0.8)"), std::string::npos) << json;
  const std::string key = key_of(options, provenance);
  EXPECT_NE(key, key_of(kOptions, provenance));
  provenance.refiner_digest[0] = 'e';
  EXPECT_NE(key, key_of(options, provenance));
}

TEST(Metadata, LeavesOutANegativePromptThatIsEmpty) {
  GenerateOptions options = kOptions;
  options.negative_prompt = "";
  EXPECT_TRUE(parameters(options).starts_with("a cat, 3D style\nSteps: 7, ")) << parameters(options);
}

TEST(Metadata, NamesEtaWhereItIsUsed) {
  GenerateOptions options = kOptions;
  options.sampling_method = SamplingMethod::euler_a;
  options.eta = 0.1;
  EXPECT_NE(parameters(options).find(", Sampler: Euler a, "), std::string::npos);
  EXPECT_NE(parameters(options).find(", Eta: 0.1, "), std::string::npos);
  EXPECT_EQ(parameters(kOptions).find("Eta"), std::string::npos);
}

TEST(Metadata, NamesNoScheduleForNoiseLevelsOfTheUsersOwn) {
  GenerateOptions options = kOptions;
  options.scheduler = Scheduler::discrete;
  options.sigmas = {14.6, 0.5};
  EXPECT_EQ(parameters(options).find("Schedule type"), std::string::npos);
  EXPECT_NE(metadata(options, kProvenance).back().text.find(R"("sigmas":[14.6,0.5])"), std::string::npos);
}

TEST(Metadata, HasA1111sNamesForNoiseAndLevels) {
  GenerateOptions options = kOptions;
  options.rng = Rng::philox;
  options.sampling_method = SamplingMethod::euler;
  options.discard_penultimate = true;
  options.rho = 5;
  options.churn = {.amount = 2, .tmin = 0.5, .tmax = 10};
  options.s_noise = 1.003;
  EXPECT_NE(
      parameters(options).find(", Schedule rho: 5, Discard penultimate sigma: True, Sigma churn: 2, Sigma tmin: 0.5, "
                               "Sigma tmax: 10, Sigma noise: 1.003, RNG: NV, Version"),
      std::string::npos)
      << parameters(options);
}

TEST(Metadata, QuotesAModelNameThatOtherToolsWouldSplit) {
  Provenance provenance = kProvenance;
  provenance.model_name = "a, b: c";
  EXPECT_NE(parameters(kOptions, provenance).find(", Model: \"a, b: c\", "), std::string::npos);
}

TEST(Metadata, TellsWhatThePictureStartsFromAsOtherToolsDo) {
  GenerateOptions options = kOptions;
  options.init.image = {.path = "in/fox.png", .sha256 = std::string(64, 'a')};
  options.init.strength = 0.6;
  EXPECT_NE(parameters(options).find(", Denoising strength: 0.6, Init image hash: aaaaaaaaaa, RNG"), std::string::npos)
      << parameters(options);
  options.init.image_cfg_scale = 2;
  EXPECT_NE(parameters(options).find(", Denoising strength: 0.6, Image CFG scale: 2, Init image hash"),
            std::string::npos)
      << parameters(options);
  options.init.image_cfg_scale = 1.5;
  EXPECT_EQ(parameters(options).find("Image CFG scale"), std::string::npos) << "the default";
  options.inpaint.mask = {.path = "m.png", .sha256 = std::string(64, 'b')};
  options.inpaint.blur = 4;
  options.inpaint.invert = true;
  options.inpaint.area = InpaintArea::mask;
  EXPECT_NE(parameters(options).find(", Mask blur: 4, Mask mode: Inpaint not masked, Inpaint area: Only masked, RNG"),
            std::string::npos)
      << parameters(options);
  EXPECT_NE(metadata(options, kProvenance).back().text.find(R"("init_img":"in/fox.png","init_img_sha256":"aaaa)"),
            std::string::npos);
}

TEST(Metadata, EscapesControlCharactersOfAPrompt) {
  GenerateOptions options = kOptions;
  options.prompt = std::string("a\0b\x1b[2J", 7);
  EXPECT_TRUE(parameters(options).starts_with("a\\x00b\\x1b[2J\n"));
  EXPECT_NE(metadata(options, kProvenance).back().text.find(R"("prompt":"a\u0000b\u001b[2J")"), std::string::npos);
}

TEST(Metadata, HasAllValuesAsOneLineOfJson) {
  EXPECT_EQ(metadata(kOptions, kProvenance).back().keyword, "sfumato");
  EXPECT_EQ(
      metadata(kOptions, kProvenance).back().text,
      R"({"version":")" + std::string(kVersion) + R"(","key":")" + key_of(kOptions, kProvenance) +
          R"(","model":"tiny","model_digest":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","dtype":"float32",)"
          R"("prompt":"a cat, 3D style","negative_prompt":"blurry","seed":18446744073709551615,"steps":7,"cfg_scale":2.5,)"
          R"("sampling_method":"dpm++2m","scheduler":"karras","eta":0.0,"width":64,"height":32})");
}

// A picture that was made can be found again only while its key stays: change this number only together with
// kKeyVersion.
TEST(Key, StaysWhatItWas) {
  EXPECT_EQ(key_of(kOptions, kProvenance), "93bac33967e4a693800153b894266ea64ed515c58a0a073e1dc18032bcde0a6f");
}

TEST(Key, ChangesWithEveryOption) {
  std::vector<GenerateOptions> all(23, kOptions);
  all[1].prompt = "a cat";
  all[2].negative_prompt = "";
  all[3].width = 32;
  all[4].height = 64;
  all[5].steps = 8;
  all[6].cfg_scale = 2.5000000000000004;
  all[7].sampling_method = SamplingMethod::heun;
  all[8].scheduler = Scheduler::discrete;
  all[9].eta = 0.5;
  all[10].seed = 18446744073709551614U;
  all[11].cfg_rescale = 0.5;
  all[12].timestep_spacing = TimestepSpacing::leading;
  all[13].sigmas = {1};
  all[14].timesteps = {1};
  all[15].discard_penultimate = true;
  all[16].rho = 7;
  all[17].sampling_method = SamplingMethod::dpmpp_sde;
  all[18].sampling_method = SamplingMethod::dpmpp_sde;
  all[18].sde_noise = SdeNoise::independent;
  all[19].churn.amount = 1;
  all[20].churn.tmin = 1;
  all[21].s_noise = 1.01;
  all[22].rng = Rng::philox;
  std::set<std::string> keys;
  for (const GenerateOptions& options : all) keys.insert(key_of(options, kProvenance));
  EXPECT_EQ(keys.size(), all.size());
}

TEST(Key, KnowsAFileByItsBytesAndNotByItsName) {
  GenerateOptions options = kOptions;
  options.init.image = {.path = "fox.png", .sha256 = std::string(64, 'a')};
  GenerateOptions moved = options, edited = options, weaker = options, exact = options;
  moved.init.image.path = "/else/where.png";
  edited.init.image.sha256 = std::string(64, 'b');
  weaker.init.strength = 0.5;
  exact.init.exact_steps = true;
  const std::string key = key_of(options, kProvenance);
  EXPECT_NE(key, key_of(kOptions, kProvenance));
  EXPECT_EQ(key_of(moved, kProvenance), key);
  for (const GenerateOptions& other : {edited, weaker, exact}) EXPECT_NE(key_of(other, kProvenance), key);
}

// Pictures of versions that had no choice were drawn with noise of each step.
TEST(Key, OfAnSdeSolverWithIndependentNoiseIsThatOfEarlierVersions) {
  GenerateOptions options = kOptions;
  options.sampling_method = SamplingMethod::dpmpp_sde;
  options.sde_noise = SdeNoise::independent;
  EXPECT_EQ(key_of(options, kProvenance), "c3d0602441a4fd62f1663e8fc35d216e921c7f5eaf3c57a7ecb9994a8105323d");
  options.sampling_method = SamplingMethod::dpmpp_2m_sde;
  const std::string said = key_of(options, kProvenance);
  options.sde_noise.reset();
  EXPECT_EQ(key_of(options, kProvenance), said) << "the default of dpm++2m_sde";
}

TEST(Key, ChangesWithTheModelAndTheDtypeButNotWithTheModelsName) {
  Provenance model = kProvenance, dtype = kProvenance, name = kProvenance;
  model.model_digest.front() = 'f';
  dtype.dtype = "bfloat16";
  name.model_name = "other";
  const std::string key = key_of(kOptions, kProvenance);
  EXPECT_NE(key_of(kOptions, model), key);
  EXPECT_NE(key_of(kOptions, dtype), key);
  EXPECT_EQ(key_of(kOptions, name), key);
}

TEST(Key, TellsWherePromptAndNegativePromptMeet) {
  GenerateOptions one = kOptions, other = kOptions;
  one.prompt = "a\",\"negative_prompt\":\"b";
  one.negative_prompt = "";
  other.prompt = "a";
  other.negative_prompt = "b";
  EXPECT_NE(key_of(one, kProvenance), key_of(other, kProvenance));
}

}  // namespace
}  // namespace sfumato
