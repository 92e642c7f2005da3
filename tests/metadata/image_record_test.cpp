#include "metadata/image_record.h"

#include <gtest/gtest.h>

#include "metadata/metadata.h"
#include "sfumato/version.h"

namespace sfumato {
namespace {

const Provenance kProvenance = {.model_name = "tiny", .model_digest = std::string(64, 'a'), .dtype = "float32"};

TEST(ImageRecord, OfThisProgramGivesBackEveryOption) {
  const GenerateOptions options = {.prompt = "a caf\u00e9, \U0001F600\n\x1b",
                                   .negative_prompt = "x",
                                   .width = 64,
                                   .height = 32,
                                   .steps = 7,
                                   .cfg_scale = 2.5000000000000004,
                                   .sampling_method = SamplingMethod::euler_a,
                                   .scheduler = Scheduler::discrete,
                                   .eta = 0.3,
                                   .seed = 18446744073709551615U};
  std::optional<ImageRecord> record = record_of(metadata(options, kProvenance));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->program, "sfumato");
  EXPECT_EQ(record->version, kVersion);
  EXPECT_EQ(record->model, "tiny");
  EXPECT_EQ(record->model_digest, kProvenance.model_digest);
  EXPECT_EQ(record->dtype, "float32");
  EXPECT_EQ(record->key, key_of(options, kProvenance));
  EXPECT_EQ(key_of(options_of(*record, {}), kProvenance), record->key);
  EXPECT_TRUE(record->warnings.empty());
}

TEST(ImageRecord, OfALaterVersionNamesWhatIsNotKnown) {
  const std::vector<PngText> texts = {
      {.keyword = "sfumato", .text = R"({"version":"9.0","key":"k","prompt":"a","steps":"many","colour":"red"})"}};
  std::optional<ImageRecord> record = record_of(texts);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->unmapped, (ImageRecord::Pairs{{"colour", "red"}}));
  ASSERT_EQ(record->warnings.size(), 1U);
  EXPECT_EQ(record->warnings[0].first, "sfumato: steps");
}

std::string value_in(const ImageRecord& record, std::string_view name) {
  for (const ImageRecord::Value& value : record.values) {
    if (value.name == name) return value.text;
  }
  return "(absent)";
}

// Earlier versions drew the noise of each step of dpm++sde for itself, and recorded no choice.
TEST(ImageRecord, WithoutANoiseOfItsSdeHasTheIndependentOne) {
  const auto noise_of = [](const std::string& json) {
    const std::optional<ImageRecord> record = record_of(std::vector<PngText>{{.keyword = "sfumato", .text = json}});
    return value_in(record.value(), "sde_noise");
  };
  EXPECT_EQ(noise_of(R"({"version":"0.1.0","sampling_method":"dpm++sde"})"), "independent");
  EXPECT_EQ(noise_of(R"({"version":"0.1.0","sampling_method":"dpm++sde","sde_noise":"brownian"})"), "brownian");
  EXPECT_EQ(noise_of(R"({"version":"0.1.0","sampling_method":"euler_a"})"), "(absent)");
}

TEST(ImageRecord, FallsBackToTheTextForOtherPrograms) {
  const std::vector<PngText> texts = {{.keyword = "sfumato", .text = "{"},
                                      {.keyword = "parameters", .text = "a\nSteps: 3, Seed: 1, Size: 8x8"}};
  const std::optional<ImageRecord> record = record_of(texts);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->program, "");
  EXPECT_EQ(record->values.size(), 5U);
  ASSERT_EQ(record->warnings.size(), 1U);
  EXPECT_EQ(record->warnings[0].first, "sfumato");
}

std::string many(int count, const std::string& before, const std::string& after) {
  std::string text = "a fox\nSteps: 5, Sampler: Euler, Seed: 1";
  for (int i = 0; i < count; ++i) text += ", " + before + std::to_string(i) + after;
  return text;
}

TEST(ImageRecord, LimitsNamesAndSaysSo) {
  const std::optional<ImageRecord> record =
      record_of(std::vector<PngText>{{.keyword = "parameters", .text = many(60'000, "Key", ": v")}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->unmapped.size(), 1000U);
  EXPECT_EQ(record->unmapped.back(), (std::pair<std::string, std::string>("Key999", "v")));
  EXPECT_EQ(record->warnings, (ImageRecord::Pairs{{"parameters", "only its first 10000 values are read"},
                                                  {"names without a counterpart here", "8997 more are left out"}}));
}

TEST(ImageRecord, HasEachOptionOnceWithTheLastValue) {
  const std::optional<ImageRecord> record =
      record_of(std::vector<PngText>{{.keyword = "parameters", .text = many(9'000, "Steps: ", "") + ", Steps: 7"}});
  ASSERT_TRUE(record);
  std::vector<std::string> values;
  for (const ImageRecord::Value& value : record->values) values.push_back(value.name + " " + value.text);
  EXPECT_EQ(values, (std::vector<std::string>{"prompt a fox", "negative_prompt ", "sampling_method Euler", "seed 1",
                                              "steps 7"}));
}

TEST(ImageRecord, SaysThatAWorkflowAloneIsNotEnough) {
  const std::vector<PngText> texts = {{.keyword = "workflow", .text = "{}"}};
  const std::optional<ImageRecord> record = record_of(texts);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->program, "ComfyUI");
  EXPECT_EQ(record->warnings[0].first, "workflow");
}

TEST(ImageRecord, IsNoneWithoutSuchATextAtAll) {
  EXPECT_FALSE(record_of({}));
  const std::vector<PngText> texts = {{.keyword = "Software", .text = "GIMP"}, {.keyword = "prompt", .text = "a cat"}};
  EXPECT_FALSE(record_of(texts));
}

TEST(ImageRecord, LeavesAValueThatIsNotLegalAtItsDefault) {
  ImageRecord record;
  record.values = {{.name = "steps", .text = "0", .origin = "here"}, {.name = "cfg_scale", .text = "4", .origin = "h"}};
  const GenerateOptions options = options_of(record, {.steps = 9});
  EXPECT_EQ(options.steps, 9);
  EXPECT_EQ(options.cfg_scale, 4);
  ASSERT_EQ(record.warnings.size(), 1U);
  EXPECT_EQ(record.warnings[0].first, "here");
}

// JSON of ours refuses a NUL, so that a picture with such a prompt could not be read again.
TEST(ImageRecord, LeavesATextWithANulOut) {
  const std::string text("a fox\0\nSteps: 20, Sampler: Euler", 32);
  const std::optional<ImageRecord> record = record_of(std::vector<PngText>{{"parameters", text}});
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->values.empty());
  EXPECT_EQ(record->warnings, (ImageRecord::Pairs{{"parameters", "has a NUL, and is not read"}}));
}

}  // namespace
}  // namespace sfumato
