#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "error_of.h"
#include "jobs/job_values.h"
#include "jobs/options_json.h"

namespace sfumato {
namespace {

const GenerateOptions kDefaults = {.prompt = "a fox",
                                   .width = 64,
                                   .height = 32,
                                   .steps = 7,
                                   .cfg_scale = 2.5,
                                   .sampling_method = SamplingMethod::dpmpp_2m,
                                   .scheduler = Scheduler::karras,
                                   .eta = 0,
                                   .seed = 5};

const JobOption& option(std::string_view name) { return *find_job_option(name); }

GenerateOptions set(std::initializer_list<std::pair<const char*, const char*>> words) {
  JobValues values(kDefaults);
  for (const auto& [name, text] : words) values.set(option(name), text);
  return values.resolved();
}

TEST(JobOptions, AreFoundByEveryNameTheyHave) {
  EXPECT_EQ(option("cfg_scale").name, "cfg_scale");
  EXPECT_EQ(option("cfg-scale").name, "cfg_scale");
  EXPECT_EQ(option("guidance_scale").name, "cfg_scale");
  EXPECT_EQ(option("num-inference-steps").name, "steps");
  EXPECT_EQ(option("n_iter").name, "batch_count");
  EXPECT_EQ(find_job_option("s"), nullptr) << "a letter is not a name";
  EXPECT_EQ(find_job_option(""), nullptr);
}

TEST(JobOptions, HaveNamesLettersAndAliasesThatNoOtherHas) {
  std::multiset<std::string> words;
  for (const JobOption& row : job_options()) {
    words.insert(std::string(row.name));
    if (!row.letter.empty()) words.insert("-" + std::string(row.letter));
    std::istringstream aliases{std::string(row.aliases)};
    for (std::string alias; aliases >> alias;) {
      EXPECT_EQ(find_job_option(alias), &row) << alias;
      words.insert(alias);
    }
  }
  for (const std::string& word : words) EXPECT_EQ(words.count(word), 1U) << word;
}

TEST(JobOptions, HaveABitEach) {
  EXPECT_LE(job_options().size(), OptionSet().size());
  OptionSet all;
  std::size_t stored = 0;
  for (const JobOption& row : job_options()) {
    EXPECT_EQ(set_of(row).count(), row.stored ? 1U : 0U) << row.name;
    stored += row.stored ? 1 : 0;
    all |= set_of(row);
  }
  EXPECT_EQ(all.count(), stored);
  // A set holds more options than an integer has bits.
  EXPECT_TRUE(OptionSet().set(64).test(64));
}

TEST(JobOptions, AreReadBackFromWhatTheyWrite) {
  const GenerateOptions options = {.prompt = "caf\u00e9, {a|b}",
                                   .negative_prompt = "x",
                                   .width = 8,
                                   .height = 16,
                                   .steps = 3,
                                   .cfg_scale = 0.1,
                                   .sampling_method = SamplingMethod::euler_a,
                                   .scheduler = Scheduler::discrete,
                                   .eta = 1.0 / 3,
                                   .seed = 18446744073709551615U};
  const JsonObject written = options_json(options);
  EXPECT_EQ(dump_json({options_json(options_from_json(written, kDefaults))}), dump_json({written}));
  for (const JobOption& row : job_options()) {
    const Json value = row.get(options);
    if (std::holds_alternative<std::nullptr_t>(value.value)) continue;
    JobValues values(options);
    values.set(row, text_of(value));
    EXPECT_EQ(dump_json({options_json(values.resolved())}), dump_json({written})) << row.name;
  }
}

TEST(JobOptions, OfSigmasSpacingAndRescalingAreReadBackToo) {
  GenerateOptions options = kDefaults;
  options.steps = 2;
  options.scheduler = Scheduler::discrete;
  options.cfg_rescale = 0.7;
  options.sigmas = {14.6, 0.1};
  const JsonObject written = options_json(options);
  const GenerateOptions read = options_from_json(written, kDefaults);
  EXPECT_EQ(read.sigmas, options.sigmas);
  EXPECT_EQ(read.cfg_rescale, 0.7);
  EXPECT_EQ(dump_json({options_json(read)}), dump_json({written}));
}

TEST(JobOptions, OfInputImagesAreReadBackToo) {
  GenerateOptions options = kDefaults;
  options.init.image = {.path = "fox.png", .sha256 = std::string(64, 'a')};
  options.init.strength = 0.5;
  options.init.exact_steps = true;
  options.fit = ImageFit::pad;
  options.init.background = 0xff8800;
  options.init.image_cfg_scale = 2.25;
  options.inpaint.mask = {.path = "m.png", .sha256 = std::string(64, 'b')};
  options.inpaint.invert = true;
  options.inpaint.blur = 2.5;
  options.inpaint.area = InpaintArea::mask;
  options.map.segmap = {.path = "map.png", .sha256 = std::string(64, 'c')};
  options.map.scale = 2;
  const JsonObject written = options_json(options);
  const std::string text = dump_json({written});
  EXPECT_NE(text.find(R"("init_img":"fox.png","init_img_sha256":"aaaa)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("strength":0.5,"exact_steps":true,"steps_done":7,"fit":"pad","background":"#ff8800")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("image_cfg_scale":2.25)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("mask_invert":true,"mask_blur":2.5,"inpaint_area":"mask")"), std::string::npos) << text;
  EXPECT_EQ(dump_json({options_json(options_from_json(written, kDefaults))}), text);
}

TEST(JobOptions, OfInputImagesAreLeftOutWithoutOne) {
  for (const JobOption& row : job_options()) {
    if (row.name == "init_img" || !row.needs.empty()) {
      EXPECT_EQ(dump_json({options_json(kDefaults)}).find(row.name), std::string::npos) << row.name;
    }
  }
}

TEST(JobOptions, DropTheDigestOfAFileWhenAnotherIsSet) {
  GenerateOptions before = kDefaults;
  before.init.image = {.path = "fox.png", .sha256 = std::string(64, 'a')};
  JobValues values(before);
  values.set(option("init_img"), "cat.png");
  EXPECT_EQ(values.resolved().init.image.path, "cat.png");
  EXPECT_EQ(values.resolved().init.image.sha256, "");
}

TEST(JobOptions, ThatAreTrueOrFalseHaveAWordForEach) {
  EXPECT_EQ(find_negated_option("no-exact-steps"), &option("exact_steps"));
  EXPECT_EQ(find_negated_option("no_steps"), nullptr);
  EXPECT_EQ(find_negated_option("exact-steps"), nullptr);
  EXPECT_TRUE(set({{"exact_steps", "true"}}).init.exact_steps);
  EXPECT_FALSE(set({{"exact_steps", "false"}}).init.exact_steps);
  EXPECT_EQ(text_from_json(option("exact_steps"), {true}), "true");
  EXPECT_EQ(error_of([] { (void)text_from_json(option("exact_steps"), {std::string("true")}); }),
            "usage: \"exact_steps\": \"true\": true or false, without quotes, is expected.");
}

TEST(JobOptions, TakeTheWordsOfOtherProgramsForInputImages) {
  EXPECT_EQ(option("image").name, "init_img");
  EXPECT_EQ(option("denoising_strength").name, "strength");
  EXPECT_EQ(set({{"inpaint_area", "Only masked"}}).inpaint.area, InpaintArea::mask);
  EXPECT_EQ(set({{"inpaint_area", "only-masked"}}).inpaint.area, InpaintArea::mask);
  EXPECT_EQ(set({{"background", "#f80"}}).init.background, 0xff8800U);
  EXPECT_EQ(
      error_of([] { set({{"background", "transparent"}}); }),
      "usage: `background`: \"transparent\" is not a colour; one such as ff8800, '#ff8800' or orange is expected.");
}

TEST(JobOptions, LeaveTheDefaultsOfOthers) {
  const GenerateOptions o = set({{"steps", "9"}});
  EXPECT_EQ(o.steps, 9);
  EXPECT_EQ(o.prompt, "a fox");
  EXPECT_EQ(o.seed, 5U);
  EXPECT_EQ(o.scheduler, Scheduler::karras);
}

TEST(JobOptions, ChooseASchedulerThatTheMethodCanFollow) {
  EXPECT_EQ(set({{"sampling_method", "ddim"}}).scheduler, Scheduler::discrete);
  EXPECT_EQ(set({{"sampling_method", "euler"}}).scheduler, Scheduler::karras);
  EXPECT_EQ(set({{"sampling_method", "ddim"}, {"scheduler", "karras"}}).scheduler, Scheduler::karras);
}

TEST(JobOptions, ChooseTheEtaOfTheMethod) {
  EXPECT_EQ(set({{"sampling_method", "euler_a"}}).eta, 1);
  EXPECT_EQ(set({{"sampling_method", "euler_a"}, {"eta", "0.5"}}).eta, 0.5);
  EXPECT_EQ(set({{"sampling_method", "ddim"}}).eta, 0);
}

TEST(JobOptions, TakeNoiseLevelsForAScheduleOfTheirOwn) {
  const GenerateOptions o = set({{"sigmas", "14.6,3.9,1.2,0"}});
  EXPECT_EQ(o.sigmas, (std::vector<double>{14.6, 3.9, 1.2, 0}));
  EXPECT_EQ(o.steps, 3);
  EXPECT_EQ(o.scheduler, Scheduler::discrete);
  EXPECT_EQ(error_of([] { set({{"sigmas", "14.6,,1"}}); }),
            "usage: `sigmas`: \"\": a number from 0 to 100000 is expected.");
}

TEST(JobOptions, LeaveTheSpacingToTheModel) {
  EXPECT_FALSE(set({}).timestep_spacing);
  EXPECT_EQ(set({{"timestep_spacing", "trailing"}}).timestep_spacing, TimestepSpacing::trailing);
  EXPECT_EQ(error_of([] { set({{"timestep_spacing", "even"}}); }),
            "usage: `timestep_spacing`: \"even\" is not known; one of leading, trailing, linspace is expected.");
}

TEST(JobOptions, TakeTheNamesOfOtherProgramsForSamplers) {
  const GenerateOptions o = set({{"sampler_name", "Euler a Karras"}});
  EXPECT_EQ(o.sampling_method, SamplingMethod::euler_a);
  EXPECT_EQ(o.scheduler, Scheduler::karras);
}

TEST(JobOptions, TakeBothSidesAtOnce) {
  const GenerateOptions o = set({{"size", "512x768"}});
  EXPECT_EQ(o.width, 512);
  EXPECT_EQ(o.height, 768);
  EXPECT_EQ(error_of([] { set({{"size", "512"}}); }),
            "usage: `size`: \"512\": a width and a height are expected, such as 512x768.");
}

TEST(JobOptions, TakeFromJsonOnlyWhatIsOfTheirType) {
  EXPECT_EQ(text_from_json(option("steps"), {std::int64_t{7}}), "7");
  EXPECT_EQ(text_from_json(option("cfg_scale"), {7.5}), "7.5");
  EXPECT_EQ(text_from_json(option("cfg_scale"), {std::int64_t{7}}), "7");
  EXPECT_EQ(error_of([] { (void)text_from_json(option("seed"), {std::string("7")}); }),
            "usage: \"seed\": \"7\": a whole number, without quotes, is expected.");
  EXPECT_EQ(error_of([] { (void)text_from_json(option("prompt"), {std::int64_t{7}}); }),
            "usage: \"prompt\": 7: a string is expected.");
  EXPECT_EQ(error_of([] { set({{"seed", "1.9"}}); }),
            "usage: `seed`: \"1.9\": a whole number from 0 to 18446744073709551615, or random, is expected.");
}

}  // namespace
}  // namespace sfumato
