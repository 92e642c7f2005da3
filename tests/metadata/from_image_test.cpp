#include "metadata/from_image.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "error_of.h"
#include "image/canvas.h"
#include "image/input_file.h"
#include "image/png.h"
#include "metadata/metadata.h"
#include "output/publish.h"

namespace sfumato {
namespace {

std::filesystem::path picture(const std::string& name, const std::vector<PngText>& texts) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / ("from_image_" + name);
  publish(path, encode_png(blank(1, 1, {}), texts), true);
  return path;
}

const Provenance kProvenance = {.model_name = "tiny", .model_digest = std::string(64, 'a'), .dtype = "float32"};

TEST(FromImage, TakesAllValuesOfAPictureOfThisProgram) {
  const GenerateOptions options = {.prompt = "a cat",
                                   .width = 64,
                                   .height = 32,
                                   .steps = 7,
                                   .sampling_method = SamplingMethod::ddim,
                                   .scheduler = Scheduler::discrete,
                                   .eta = 0.5,
                                   .seed = 9};
  const FromImage taken =
      from_image(picture("own.png", metadata(options, kProvenance)), {}, {.model = kProvenance.model_digest});
  EXPECT_TRUE(taken.has_prompt);
  EXPECT_TRUE(taken.notes.empty());
  EXPECT_EQ(taken.dtype, Dtype::float32);
  EXPECT_EQ(key_of(taken.options, kProvenance), key_of(options, kProvenance));
}

TEST(FromImage, TakesTheDtypeOfItsOwnModelOnly) {
  const auto path = picture("dtype.png", metadata({.prompt = "a"}, kProvenance));
  EXPECT_EQ(from_image(path, {}, {.model = kProvenance.model_digest}).dtype, Dtype::float32);
  EXPECT_EQ(from_image(path, {}, {.model = std::string(64, 'b')}).dtype, std::nullopt);
  EXPECT_EQ(from_image(path, {}, {}).dtype, std::nullopt);
}

TEST(FromImage, TakesWhatItUnderstandsOfAPictureOfAnotherProgramAndSaysTheRest) {
  const auto path = picture("a1111.png", {{.keyword = "parameters",
                                           .text = "a fox\nNegative prompt: blurry\nSteps: 12, Sampler: Euler a, CFG "
                                                   "scale: 7, Seed: 5, Size: 64x96, Model: v1-5, Hires upscale: 2, "
                                                   "Version: v1.10.1"}});
  const FromImage taken = from_image(path, {.scheduler = Scheduler::karras}, {.model = kProvenance.model_digest});
  EXPECT_EQ(taken.options.prompt, "a fox");
  EXPECT_EQ(taken.options.negative_prompt, "blurry");
  EXPECT_EQ(taken.options.steps, 12);
  EXPECT_EQ(taken.options.sampling_method, SamplingMethod::euler_a);
  EXPECT_EQ(taken.options.scheduler, Scheduler::karras);
  EXPECT_EQ(taken.options.timestep_spacing, TimestepSpacing::linspace);  // A1111's, whatever the model's
  EXPECT_EQ(taken.options.eta, 1);
  EXPECT_EQ(taken.options.width, 64);
  EXPECT_EQ(taken.options.height, 96);
  ASSERT_EQ(taken.notes.size(), 2U);
  EXPECT_EQ(taken.notes[0], path.string() + ": Hires upscale 2 is not used");
  EXPECT_EQ(taken.notes[1], path.string() + ": was made with \"v1-5\", which is not used; the picture will differ");
}

TEST(FromImage, StartsFromTheSameFileUnlessAnotherIsSaid) {
  const std::filesystem::path fox = picture("fox.png", {{.keyword = "a", .text = "fox"}});
  const GenerateOptions options = {.prompt = "a", .init = {.image = input_file(fox.string()), .strength = 0.5}};
  const auto path = picture("of_fox.png", metadata(options, kProvenance));
  FromImage taken = from_image(path, {}, {.model = kProvenance.model_digest});
  EXPECT_EQ(taken.options.init.image.path, fox.string());
  EXPECT_EQ(taken.options.init.strength, 0.5);
  EXPECT_TRUE(taken.has_size);
  EXPECT_TRUE(taken.notes.empty());

  (void)picture("fox.png", {{.keyword = "a", .text = "another fox"}});
  EXPECT_EQ(error_of([&] { (void)from_image(path, {}, {.model = kProvenance.model_digest}); }),
            "input_missing: `from_image`: " + path.string() + " was made from " + fox.string() +
                ", which is another file now (SHA-256 " + options.init.image.sha256.substr(0, 10) +
                "... is expected). Name it with `init_img`.");

  std::filesystem::remove(fox);
  EXPECT_EQ(error_of([&] { (void)from_image(path, {}, {}); }), "input_missing: `from_image`: " + path.string() +
                                                                   " was made from " + fox.string() +
                                                                   ", which does not exist. Name it with `init_img`.");
  const OptionSettings said = {{.option = find_job_option("init_img"), .texts = {"cat.png"}}};
  EXPECT_EQ(from_image(path, {}, {}, said).options.init.strength, 0.5);
}

// A picture of a stranger can name any path.
TEST(FromImage, OpensNothingButARegularFileWithTheDigest) {
  const std::filesystem::path pipe = picture("fox.png", {});
  std::filesystem::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  InputFile named{.path = pipe.string(), .sha256 = std::string(64, 'a')};
  const auto path = picture("of_pipe.png", metadata({.prompt = "a", .init = {.image = named}}, kProvenance));
  const std::string begin = "input_missing: `from_image`: " + path.string() + " was made from ";
  EXPECT_EQ(error_of([&] { (void)from_image(path, {}, {}); }),
            begin + pipe.string() +
                ", which is another file now (SHA-256 aaaaaaaaaa... is expected). Name it with `init_img`.");
  std::filesystem::remove(pipe);

  named.path = "/dev/zero";
  const auto zeros = picture("of_pipe.png", metadata({.prompt = "a", .init = {.image = named}}, kProvenance));
  EXPECT_EQ(
      error_of([&] { (void)from_image(zeros, {}, {}); }),
      begin + "/dev/zero, which is another file now (SHA-256 aaaaaaaaaa... is expected). Name it with `init_img`.");

  named.path = "-";
  const auto standard_input = picture("of_pipe.png", metadata({.prompt = "a", .init = {.image = named}}, kProvenance));
  EXPECT_EQ(error_of([&] { (void)from_image(standard_input, {}, {}); }),
            begin + "standard input. Name it with `init_img`.");
}

TEST(FromImage, TakesNoFileWhoseDigestThePictureDoesNotSay) {
  const std::filesystem::path fox = picture("fox.png", {});
  const InputFile named{.path = fox.string()};
  const auto path = picture("of_fox.png", metadata({.prompt = "a", .init = {.image = named}}, kProvenance));
  EXPECT_EQ(error_of([&] { (void)from_image(path, {}, {}); }),
            "input_missing: `from_image`: " + path.string() + " was made from " + fox.string() +
                ", whose SHA-256 it does not say. Name it with `init_img`.");
}

TEST(FromImage, LeavesAStrengthThatHasNothingToStartFrom) {
  const auto path = picture("img2img.png", {{.keyword = "parameters",
                                             .text = "a fox\nSteps: 12, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: "
                                                     "64x96, Denoising strength: 0.7, Version: v1.10.1"}});
  FromImage taken = from_image(path, {}, {});
  EXPECT_EQ(taken.options.init.strength, 0.75);
  ASSERT_EQ(taken.notes.size(), 1U);
  EXPECT_EQ(taken.notes[0],
            path.string() + ": strength 0.7 is not used: the init image is not recorded. Give it with `init_img`");
  taken = from_image(path, {}, {}, {{.option = find_job_option("init_img"), .texts = {"fox.png"}}});
  EXPECT_EQ(taken.options.init.strength, 0.7);
  EXPECT_TRUE(taken.notes.empty());
}

TEST(FromImage, PrintsAFewNotesAndTheNumberOfTheOthers) {
  std::string text = "a fox\nSteps: 12, Sampler: Euler a, Seed: 5";
  for (int i = 0; i < 50; ++i) text += ", Key" + std::to_string(i) + ": v";
  const auto path = picture("many.png", {{.keyword = "parameters", .text = text}});
  const FromImage taken = from_image(path, {}, {});
  ASSERT_EQ(taken.notes.size(), 21U);
  EXPECT_EQ(taken.notes[19], path.string() + ": Key19 v is not used");
  EXPECT_EQ(taken.notes[20], path.string() + ": 30 more notes; `sfumato inspect` shows all");
}

TEST(FromImage, RefusesAPictureThatTellsNothing) {
  const auto path = picture("plain.png", {});
  EXPECT_EQ(error_of([&] { (void)from_image(path, {}, {}); }),
            "bad_data: `from_image`: " + path.string() +
                " does not say how it was made. `sfumato inspect` shows what is in a picture.");
}

TEST(FromImage, TakesTheShareOfARefinerThatIsInUse) {
  const std::string digest(64, 'f');
  Provenance provenance = kProvenance;
  provenance.refiner_name = "fine";
  provenance.refiner_digest = digest;
  const auto path = picture("refined.png", metadata({.prompt = "a fox", .refiner_switch = 0.7}, provenance));
  const std::string model = kProvenance.model_digest;
  const FromImage same = from_image(path, {}, {.model = model, .refiner = digest});
  EXPECT_EQ(same.options.refiner_switch, 0.7);
  EXPECT_TRUE(same.notes.empty());
  const std::string note = path.string() +
                           ": its last steps are of the refiner \"fine\", which is not used; the picture will differ. "
                           "Give it with `refiner`";
  const FromImage other = from_image(path, {}, {.model = model, .refiner = std::string(64, 'e')});
  EXPECT_EQ(other.options.refiner_switch, 0.7);
  EXPECT_EQ(other.notes, std::vector<std::string>{note});
  const FromImage none = from_image(path, {}, {.model = model});
  EXPECT_EQ(none.options.refiner_switch, 1);
  EXPECT_EQ(none.notes, std::vector<std::string>{note});
}

}  // namespace
}  // namespace sfumato
