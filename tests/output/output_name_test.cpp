#include "output/output_name.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

// Jobs with seeds 7, 8, ...
std::vector<Item> jobs(std::size_t count, const std::string& prompt = "A smiling cat, 3D style") {
  std::vector<Item> result;
  for (std::size_t i = 0; i < count; ++i) {
    Job job{.index = i, .line = 10 + i, .origin = "prompts.txt:" + std::to_string(10 + i)};
    job.options.prompt = prompt;
    job.options.seed = 7 + i;
    result.emplace_back(std::move(job));
  }
  return result;
}

const std::string kKey = "0123456789abcdef" + std::string(48, '0');

std::vector<std::string> names(const std::string& output, std::size_t count = 1,
                               const std::string& prompt = "A smiling cat, 3D style") {
  const OutputNames output_names(output, count > 1);
  std::vector<std::string> result;
  for (const Item& item : jobs(count, prompt))
    result.push_back(output_names.path_of(output_names.name_of(std::get<Job>(item), kKey)).string());
  return result;
}

std::string error_in(const std::string& output, std::size_t count = 1) {
  return error_of([&] { (void)names(output, count); });
}

std::string error_of_line(const std::string& output_template) {
  return error_of([&] {
    Job job;
    job.output_template = output_template;
    (void)OutputNames("out/", true).name_of(job, kKey);
  });
}

using Names = std::vector<std::string>;

TEST(OutputName, IsMadeOfThePromptAndTheSeedUnlessGiven) {
  EXPECT_EQ(names(""), (Names{"a-smiling-cat-3d-style-7.png"}));
  EXPECT_EQ(names("", 2), (Names{"a-smiling-cat-3d-style-7.png", "a-smiling-cat-3d-style-8.png"}));
}

TEST(OutputName, IsTheFileThatIsNamed) {
  EXPECT_EQ(names("cat.png"), (Names{"cat.png"}));
  EXPECT_EQ(names("../out/cat.png"), (Names{"../out/cat.png"}));
}

TEST(OutputName, GetsTheSeedWhenThereAreSeveralPictures) {
  EXPECT_EQ(names("out/cat.png", 2), (Names{"out/cat-7.png", "out/cat-8.png"}));
}

TEST(OutputName, CountsInAFolder) {
  EXPECT_EQ(names("out/", 2), (Names{"out/00001-7.png", "out/00002-8.png"}));
  const std::string folder = test_folder().string();
  EXPECT_EQ(names(folder), (Names{folder + "/00001-7.png"}));
}

TEST(OutputName, FillsInATemplate) {
  EXPECT_EQ(names("{index}_{index:03}_{seed}_{prompt:7}_{steps}_{cfg_scale}_{sampling_method}.png"),
            (Names{"1_001_7_a-smili_20_3_dpm-2m.png"}));
  EXPECT_EQ(names("{line}_{line:4}_{key:8}_{sampler}_{cfg-scale}_{width}x{height}_{scheduler}.png"),
            (Names{"10_0010_01234567_dpm-2m_3_128x128_karras.png"}));
  EXPECT_EQ(names("{seed}/{index}.png", 2), (Names{"7/1.png", "8/2.png"}));
}

TEST(OutputName, TellsApartWhatPicturesStartFrom) {
  Job job{.options = {.prompt = "a fox", .seed = 7, .init = {.image = {.path = "in/My Photo.v2.jpg"}}}};
  EXPECT_EQ(OutputNames("", true, /*from_pictures=*/true).name_of(job, ""), "my-photo.v2-a-fox-7.png");
  job.model_name = "Fox v2";
  EXPECT_EQ(OutputNames("", true, true, /*of_models=*/true).name_of(job, ""), "fox-v2-my-photo.v2-a-fox-7.png");
  EXPECT_EQ(OutputNames("{model:3}.png", false).name_of(job, ""), "fox.png");
  EXPECT_EQ(OutputNames("{vae}.png", false).name_of(job, ""), "none.png");
  job.model.vae = "a/Vae 840k.safetensors";
  EXPECT_EQ(OutputNames("{vae}.png", false).name_of(job, ""), "vae-840k.png");
  EXPECT_EQ(OutputNames("{init:5}.png", false).name_of(job, ""), "my-ph.png");
  EXPECT_EQ(OutputNames("{init}-{strength}.png", true).name_of(job, ""), "my-photo.v2-0.75.png");
  EXPECT_EQ(OutputNames("{strength}.png", true).name_of(Job{}, ""), "none.png") << "it starts from noise";
  job.options.init.image.path = "-";
  EXPECT_EQ(OutputNames("{init}.png", false).name_of(job, ""), "picture.png");
}

TEST(OutputName, IsOneDashForStandardOutput) {
  EXPECT_EQ(names("-"), (Names{"-"}));
  EXPECT_EQ(error_in("-", 2), "usage: `output`: -: standard output takes one picture, not several.");
}

TEST(OutputName, TakesNoNul) {
  EXPECT_EQ(error_of_line(std::string("a\0.png", 6)), "usage: `output`: a\\x00.png: a NUL in the name.");
}

TEST(OutputName, KnowsItsFolder) {
  EXPECT_EQ(OutputNames("", false).folder(), ".");
  EXPECT_EQ(OutputNames("cat.png", false).folder(), ".");
  EXPECT_EQ(OutputNames("a/b/{seed}/{index}.png", true).folder(), "a/b");
  EXPECT_TRUE(OutputNames("a/b/{seed}/{index}.png", true).is_nested());
  EXPECT_EQ(OutputNames("/{seed}.png", true).folder(), "/");
  EXPECT_EQ(OutputNames("out/", true).folder(), "out");
  EXPECT_FALSE(OutputNames("out/", true).is_nested());
}

TEST(OutputName, KnowsWhenItIsOneFile) {
  EXPECT_TRUE(OutputNames("", false).is_one_file());
  EXPECT_TRUE(OutputNames("a/cat.png", false).is_one_file());
  EXPECT_FALSE(OutputNames("a/", false).is_one_file());
  EXPECT_FALSE(OutputNames("cat.png", true).is_one_file());
}

TEST(OutputName, LetsNoTemplateLeaveTheFolder) {
  EXPECT_EQ(error_in("out/{seed}/../../x.png"),
            "usage: `output`: out/{seed}/../../x.png: \"..\" leads out of the folder of the run.");
  EXPECT_EQ(error_in("{seed}/.sfumato/x.png"), "usage: `output`: {seed}/.sfumato/x.png: .sfumato is the run's own.");
}

TEST(OutputName, LetsALineNameAFileInTheFolder) {
  const OutputNames names("out/", true);
  Job job{.output_template = "cats/{seed}.png"};
  EXPECT_EQ(names.path_of(names.name_of(job, kKey)), "out/cats/42.png");
  EXPECT_EQ(error_of_line("/etc/x.png"), "usage: `output`: /etc/x.png: is outside the folder of the run.");
  EXPECT_EQ(error_of_line("../x.png"), "usage: `output`: ../x.png: \"..\" leads out of the folder of the run.");
  EXPECT_EQ(error_of_line("x.jpg"),
            "usage: `output`: x.jpg: pictures are PNG files: end the name in .png, or in / to name a folder.");
}

TEST(OutputName, HasNoPartThatMeansNothing) {
  Job job;
  job.output_template = "./sub//./a.png";
  EXPECT_EQ(OutputNames("out/", true).name_of(job, std::string(64, '0')), "sub/a.png");
}

TEST(OutputName, LetsNoPromptNameAnotherFolder) {
  const auto name = [](const std::string& prompt) { return names("out/{prompt}.png", 1, prompt).front(); };
  EXPECT_EQ(name("../../etc/passwd"), "out/etc-passwd.png");
  EXPECT_EQ(name("-rf /"), "out/rf.png");
  EXPECT_EQ(name(".hidden"), "out/hidden.png");
  EXPECT_EQ(name("a/b\\c:d*e\x1b[2J\n"), "out/a-b-c-d-e-2j.png");
  EXPECT_EQ(name("\u0441\u043e\u0431\u0430\u043a\u0430"), "out/picture.png");
  EXPECT_EQ(name(""), "out/picture.png");
  EXPECT_EQ(name("..."), "out/picture.png");
  EXPECT_EQ(name("{seed}"), "out/seed.png");
}

TEST(OutputName, CutsALongPrompt) {
  EXPECT_EQ(names("{prompt}.png", 1, std::string(1000, 'a')).front(), std::string(80, 'a') + ".png");
  EXPECT_EQ(names("{prompt:3}.png", 1, "ab cd").front(), "ab.png");
}

TEST(OutputName, RefusesAnotherKindOfFile) {
  EXPECT_EQ(error_in("cat.jpg"),
            "usage: `output`: cat.jpg: pictures are PNG files: end the name in .png, or in / to name a folder.");
}

TEST(OutputName, RefusesANameThatLooksLikeAFlag) {
  EXPECT_EQ(error_in("-rf.png"), "usage: `output`: -rf.png: a name that begins with '-' looks like a flag.");
}

TEST(OutputName, RefusesAFieldItDoesNotKnow) {
  EXPECT_EQ(
      error_in("{nosuch}.png"),
      "usage: `output`: {nosuch}.png: {nosuch} is not known; {index} {index:05} {line} {key:8} {init} {model} {vae} "
      "and every option "
      "of a picture are: {seed} {prompt} {prompt:40} {steps} {cfg_scale} {sampler}...");
  EXPECT_EQ(error_in("{seed.png"), "usage: `output`: {seed.png: '{' without '}'.");
  EXPECT_EQ(error_in("{index:0}.png"),
            "usage: `output`: {index:0}.png: {index:0}: a number from 1 to 20 is expected after ':'.");
  EXPECT_EQ(error_in("{prompt:81}.png"),
            "usage: `output`: {prompt:81}.png: {prompt:81}: a number from 1 to 80 is expected after ':'.");
  EXPECT_EQ(error_in("{index:x}.png"),
            "usage: `output`: {index:x}.png: {index:x}: a number from 1 to 20 is expected after ':'.");
}

TEST(OutputName, RefusesANameThatNoFileSystemTakes) {
  EXPECT_EQ(names(std::string(251, 'a') + ".png").front().size(), 255U);
  EXPECT_TRUE(error_in(std::string(252, 'a') + ".png").ends_with(": the name is longer than 255 bytes."));
}

TEST(OutputName, ShowsNoControlCharacter) {
  EXPECT_EQ(error_in("\x1b[2J.jpg"),
            "usage: `output`: \\x1b[2J.jpg: pictures are PNG files: end the name in .png, or in / to name a folder.");
}

}  // namespace
}  // namespace sfumato
