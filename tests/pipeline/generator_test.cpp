// The public interface, on the default model: what of a picture depends on what.
#include "sfumato/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>

#include "base/sha256.h"
#include "bundle/safetensors.h"
#include "error_of.h"
#include "image/input_file.h"
#include "image/png.h"
#include "test_bundle.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::shared_ptr<const Bundle>& model() {
  static const std::shared_ptr<const Bundle> bundle = std::make_shared<const BundleFolder>(test_bundle());
  return bundle;
}

GenerateOptions small(std::uint64_t seed, SamplingMethod method = SamplingMethod::dpmpp_2m) {
  GenerateOptions options = default_options(*model());
  options.prompt = "a red apple, 3D style";
  options.seed = seed;
  options.steps = 4;
  options.width = 64;
  options.height = 64;
  options.sampling_method = method;
  options.eta = default_eta(method);
  if (!supports(method, options.scheduler)) options.scheduler = Scheduler::discrete;
  return options;
}

Generator on_cpu(int threads = 0, int batch_size = 1, Dtype dtype = Dtype::float32) {
  return {model(), {.device = "cpu", .dtype = dtype, .threads = threads, .batch_size = batch_size}};
}

int largest_difference(const Image& a, const Image& b) {
  int largest = a.rgb.size() == b.rgb.size() ? 0 : 256;
  for (std::size_t i = 0; i < std::min(a.rgb.size(), b.rgb.size()); ++i)
    largest = std::max(largest, std::abs(a.rgb[i] - b.rgb[i]));
  return largest;
}

std::vector<Image> run(const Generator& generator, const std::vector<GenerateOptions>& jobs) {
  std::vector<Image> images(jobs.size());
  generator.generate(jobs, {.on_image = [&](std::size_t job, Image image) { images[job] = std::move(image); }});
  return images;
}

TEST(Generator, GivesTheSameBytesForTheSameOptions) {
  const GenerateOptions options = small(1);
  EXPECT_EQ(on_cpu().generate(options).rgb, on_cpu().generate(options).rgb);
}

TEST(Generator, GivesAnotherPictureForAnotherSeedPromptOrScale) {
  const Generator generator = on_cpu();
  const Image picture = generator.generate(small(1));
  EXPECT_GT(largest_difference(picture, generator.generate(small(2))), 8);
  GenerateOptions other = small(1);
  other.prompt = "a blue fish";
  EXPECT_GT(largest_difference(picture, generator.generate(other)), 8);
  other = small(1);
  other.negative_prompt = "red";
  EXPECT_GT(largest_difference(picture, generator.generate(other)), 8);
  other = small(1);
  other.cfg_scale = 1;
  EXPECT_GT(largest_difference(picture, generator.generate(other)), 8);
}

TEST(Generator, MakesAPictureIndependentOfItsNeighbours) {
  const Generator generator = on_cpu();
  const std::vector<Image> together =
      run(generator, {small(1), small(2, SamplingMethod::heun), small(3, SamplingMethod::euler_a)});
  EXPECT_EQ(together[1].rgb, generator.generate(small(2, SamplingMethod::heun)).rgb);
  EXPECT_EQ(together[2].rgb, generator.generate(small(3, SamplingMethod::euler_a)).rgb);
}

TEST(Generator, DiffersByOneAtMostBetweenBatchesAndThreads) {
  const std::vector<GenerateOptions> jobs = {small(1), small(2, SamplingMethod::heun), small(3, SamplingMethod::pndm)};
  const std::vector<Image> alone = run(on_cpu(1), jobs);
  const std::vector<Image> two_threads = run(on_cpu(2), jobs);
  const std::vector<Image> in_batches = run(on_cpu(1, 3), jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_LE(largest_difference(alone[i], two_threads[i]), 1) << "threads, picture " << i;
    EXPECT_LE(largest_difference(alone[i], in_batches[i]), 1) << "batch, picture " << i;
  }
}

TEST(Generator, ComesCloseInBfloat16) {
  const Image exact = on_cpu().generate(small(1)), rough = on_cpu(0, 1, Dtype::bfloat16).generate(small(1));
  double sum = 0;
  for (std::size_t i = 0; i < exact.rgb.size(); ++i) sum += std::abs(exact.rgb[i] - rough.rgb[i]);
  EXPECT_LT(sum / static_cast<double>(exact.rgb.size()), 4);
}

TEST(Generator, DrawsEverySizeThatIsAMultipleOfTheDownscale) {
  GenerateOptions options = small(1);
  options.width = 104;
  options.height = 72;
  const Image picture = on_cpu().generate(options);
  EXPECT_EQ(picture.width, 104);
  EXPECT_EQ(picture.height, 72);
  EXPECT_EQ(picture.rgb.size(), 104u * 72u * 3u);
}

TEST(Generator, TellsStepsAndImagesInOrder) {
  std::vector<std::string> told;
  const std::vector<GenerateOptions> jobs = {small(1, SamplingMethod::heun), small(2)};
  on_cpu().generate(
      jobs, {.on_step =
                 [&](const StepInfo& s) {
                   told.push_back(std::to_string(s.job) + ":" + std::to_string(s.step) + "/" + std::to_string(s.steps) +
                                  " " + std::to_string(s.evaluation) + "/" + std::to_string(s.evaluations));
                   return StepAnswer::go_on;
                 },
             .on_image = [&](std::size_t job, const Image&) { told.push_back("image " + std::to_string(job)); }});
  EXPECT_EQ(told, (std::vector<std::string>{"0:1/4 1/7", "0:1/4 2/7", "0:2/4 3/7", "0:2/4 4/7", "0:3/4 5/7",
                                            "0:3/4 6/7", "0:4/4 7/7", "image 0", "1:1/4 1/4", "1:2/4 2/4", "1:3/4 3/4",
                                            "1:4/4 4/4", "image 1"}))
      << "heun asks twice a step, but for the last";
}

TEST(Generator, StopsWhenACallbackThrows) {
  int steps = 0;
  const GenerateOptions options = small(1);
  EXPECT_THROW(on_cpu().generate(std::span(&options, 1), {.on_step =
                                                              [&](const StepInfo&) {
                                                                if (++steps == 2)
                                                                  throw Error(ErrorKind::interrupted, "stop");
                                                                return StepAnswer::go_on;
                                                              }}),
               Error);
  EXPECT_EQ(steps, 2);
}

// Everything a run tells, in order: "ask", "image 0", "failed 1", "dropped 2".
struct Told {
  std::vector<std::string> events;

  void run(const Generator& generator, const std::vector<GenerateOptions>& jobs,
           const std::function<StepAnswer(std::size_t, int)>& answer) {
    std::size_t asked = 0;
    const auto add = [this](const std::string& what, std::size_t job) {
      events.push_back(what + " " + std::to_string(job));
    };
    generator.generate(
        [&](bool) -> NextJobResult {
          events.emplace_back("ask");
          if (asked == jobs.size()) return NoMoreJobs{};
          return jobs[asked++];
        },
        {.on_step = [&](const StepInfo& step) { return answer(step.job, step.step); },
         .on_image = [&](std::size_t job, const Image&) { add("image", job); },
         .on_failed = [&](std::size_t job, const Error&) { add("failed", job); },
         .on_dropped = [&](std::size_t job) { add("dropped", job); }});
  }
};

StepAnswer always_on(std::size_t, int) { return StepAnswer::go_on; }

TEST(Generator, AsksForAJobWhenThereIsRoom) {
  Told told;
  told.run(on_cpu(), {small(1), small(2)}, always_on);
  EXPECT_EQ(told.events, (std::vector<std::string>{"ask", "image 0", "ask", "image 1", "ask"}));
  Told two_at_once;
  two_at_once.run(on_cpu(0, 2), {small(1), small(2), small(3)}, always_on);
  EXPECT_EQ(two_at_once.events,
            (std::vector<std::string>{"ask", "ask", "image 0", "image 1", "ask", "ask", "image 2"}));
}

TEST(Generator, DropsTheJobThatIsNotToGoOn) {
  Told told;
  told.run(on_cpu(), {small(1), small(2), small(3)},
           [](std::size_t job, int step) { return job == 1 && step == 2 ? StepAnswer::drop : StepAnswer::go_on; });
  EXPECT_EQ(told.events, (std::vector<std::string>{"ask", "image 0", "ask", "dropped 1", "ask", "image 2", "ask"}));
}

TEST(Generator, GoesOnAfterAJobThatCannotStart) {
  std::vector<GenerateOptions> jobs = {small(1), small(2), small(3)};
  jobs[0].width = 65;
  jobs[1].steps = 0;
  Told told;
  told.run(on_cpu(), jobs, always_on);
  EXPECT_EQ(told.events, (std::vector<std::string>{"ask", "failed 0", "ask", "failed 1", "ask", "image 2", "ask"}));
}

TEST(Generator, EndsWithoutAJob) {
  Told told;
  told.run(on_cpu(), {}, always_on);
  EXPECT_EQ(told.events, std::vector<std::string>{"ask"});
}

// What is in flight goes on while nobody knows the next job; once nothing is, the stream may wait.
TEST(Generator, GoesOnWithPicturesInFlightWhileThereIsNoJobYet) {
  std::vector<std::string> events;
  int asked = 0;
  on_cpu(0, 2).generate(
      [&](bool may_wait) -> NextJobResult {
        events.emplace_back(may_wait ? "ask, may wait" : "ask");
        ++asked;
        if (asked == 1) return small(1);
        if (asked == 7) return small(2);
        return asked < 12 ? NextJobResult(NoneYet{}) : NoMoreJobs{};
      },
      {.on_step =
           [&](const StepInfo& step) {
             events.push_back("step " + std::to_string(step.step));
             return StepAnswer::go_on;
           },
       .on_image = [&](std::size_t job, const Image&) { events.push_back("image " + std::to_string(job)); }});
  const std::string ask = "ask", wait = "ask, may wait";
  EXPECT_EQ(events, (std::vector<std::string>{
                        wait, ask, "step 1", ask, "step 2", ask, "step 3", ask, "step 4", "image 0", wait,
                        wait, ask, "step 1", ask, "step 2", ask, "step 3", ask, "step 4", "image 1", wait}));
}

TEST(Generator, ShowsAPictureWhileItIsMade) {
  GenerateOptions options = small(1);
  std::vector<Image> previews;
  Image finished;
  on_cpu().generate(std::span(&options, 1),
                    {.on_step =
                         [&](const StepInfo& step) {
                           previews.push_back(step.preview());
                           return StepAnswer::go_on;
                         },
                     .on_image = [&](std::size_t, Image image) { finished = std::move(image); }});
  ASSERT_EQ(previews.size(), 4U);
  EXPECT_EQ(previews[0].width, 64);
  EXPECT_EQ(previews[0].height, 64);
  EXPECT_GT(largest_difference(previews[0], finished), 8);
  EXPECT_LE(largest_difference(previews[3], finished), 1) << "the last estimate is the picture";
  EXPECT_EQ(finished.rgb, on_cpu().generate(options).rgb) << "a preview changes nothing";
}

// A file to start from.
InputFile file_of(const Image& image, const std::string& name) {
  const std::vector<std::uint8_t> bytes = encode_png(image, {});
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / ("sfumato-generator-" + name);
  write_file(path, std::string(bytes.begin(), bytes.end()));
  return input_file(path.string());
}

// What the model itself draws, so that its autoencoder knows such pictures.
const Image& apple() {
  static const Image drawn = on_cpu().generate(small(1));
  return drawn;
}

// White on the right.
Image half_mask() {
  Image mask{.width = 64, .height = 64, .rgb = {}};
  for (int i = 0; i < 64 * 64; ++i) mask.rgb.insert(mask.rgb.end(), 3, i % 64 < 32 ? 0 : 255);
  return mask;
}

GenerateOptions from_apple(std::uint64_t seed, double strength, SamplingMethod method = SamplingMethod::dpmpp_2m) {
  GenerateOptions options = small(seed, method);
  options.init.image = file_of(apple(), "apple.png");
  options.init.strength = strength;
  return options;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = a.rgb.size() == b.rgb.size() ? 0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.rgb.size(), b.rgb.size()); ++i) sum += std::abs(a.rgb[i] - b.rgb[i]);
  return sum / static_cast<double>(a.rgb.size());
}

TEST(Generator, StartsFromAnImageByItsPathAlone) {
  const Generator generator = on_cpu();
  const GenerateOptions with_digest = from_apple(2, 0.5);
  GenerateOptions path_only = with_digest;
  path_only.init.image = {.path = with_digest.init.image.path};
  EXPECT_EQ(generator.generate(path_only).rgb, generator.generate(with_digest).rgb);
}

TEST(Generator, StaysNearerToThePictureTheLessStrengthItHas) {
  const Generator generator = on_cpu();
  GenerateOptions weak = from_apple(2, 0.1), strong = from_apple(2, 1);
  weak.steps = strong.steps = 10;
  const Image near = generator.generate(weak), far = generator.generate(strong);
  EXPECT_LT(mean_difference(near, apple()), 8);
  EXPECT_GT(mean_difference(far, apple()), 2 * mean_difference(near, apple()));
}

TEST(Generator, DoesTheStepsThatStrengthLeaves) {
  const auto told_with = [](const GenerateOptions& options) {
    std::vector<std::pair<int, int>> told;
    on_cpu().generate(std::span(&options, 1), {.on_step = [&](const StepInfo& step) {
                        told.emplace_back(step.step, step.steps);
                        return StepAnswer::go_on;
                      }});
    return told;
  };
  using Steps = std::vector<std::pair<int, int>>;
  GenerateOptions options = from_apple(2, 0.5);
  EXPECT_EQ(told_with(options), (Steps{{1, 2}, {2, 2}}));
  options.init.exact_steps = true;
  EXPECT_EQ(told_with(options), (Steps{{1, 4}, {2, 4}, {3, 4}, {4, 4}}));
  options = from_apple(2, 0.5, SamplingMethod::heun);
  EXPECT_EQ(told_with(options), (Steps{{1, 2}, {1, 2}, {2, 2}})) << "twice a step, but for the last";
}

TEST(Generator, LeavesWhatTheMaskKeepsBitForBit) {
  const Generator generator = on_cpu();
  for (const SamplingMethod method : {SamplingMethod::dpmpp_2m, SamplingMethod::euler_a, SamplingMethod::ddim}) {
    GenerateOptions options = from_apple(2, 1, method);
    options.inpaint.mask = file_of(half_mask(), "mask.png");
    const Image painted = generator.generate(options);
    ASSERT_EQ(painted.rgb.size(), apple().rgb.size());
    int changed = 0;
    for (std::size_t i = 0; i < painted.rgb.size(); ++i) {
      const bool kept = i / 3 % 64 < 32;
      if (kept) {
        ASSERT_EQ(painted.rgb[i], apple().rgb[i]) << "pixel " << i / 3;
      }
      changed += !kept && std::abs(painted.rgb[i] - apple().rgb[i]) > 8;
    }
    EXPECT_GT(changed, 300) << "the other half is another picture";
  }
}

TEST(Generator, MakesPicturesOfDifferentSourcesInOneBatch) {
  std::vector<GenerateOptions> jobs = {from_apple(2, 0.5), small(3), from_apple(4, 0.75, SamplingMethod::euler_a)};
  jobs[2].init.image = file_of(half_mask(), "other.png");
  const std::vector<Image> together = run(on_cpu(1, 3), jobs);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_LE(largest_difference(together[i], on_cpu(1).generate(jobs[i])), 1) << "picture " << i;
  }
}

TEST(Generator, GoesOnAfterAFileThatIsGone) {
  std::vector<GenerateOptions> jobs = {from_apple(2, 0.5), from_apple(3, 0.5), small(4)};
  jobs[0].init.image = file_of(apple(), "gone.png");
  std::filesystem::remove(jobs[0].init.image.path);
  Told told;
  told.run(on_cpu(), jobs, [](std::size_t, int) { return StepAnswer::go_on; });
  EXPECT_EQ(told.events, (std::vector<std::string>{"ask", "failed 0", "ask", "image 1", "ask", "image 2", "ask"}));
}

// A copy of the model with other weights in its decoder, with digests that agree. change: gets the name and the stored
// bytes of each tensor, which are float16, little-endian.
std::filesystem::path changed_model(const std::function<void(const std::string& name, std::span<char> bytes)>& change) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::copy(SFUMATO_DEFAULT_BUNDLE, folder, std::filesystem::copy_options::recursive);
  const std::string name = model()->config().network(NetworkKind::vae_decoder).weights.front();
  const std::span<const std::byte> file = model()->file(name).bytes();
  std::string content = read_file(folder / name);
  const std::string before = sha256(content);
  for (const StoredTensor& tensor : read_safetensors(file, name, ErrorKind::bad_bundle)) {
    const auto offset = static_cast<std::size_t>(tensor.bytes.data() - file.data());
    change(tensor.name, std::span(content).subspan(offset, tensor.bytes.size()));
  }
  write_file(folder / name, content);
  std::string description = read_file(folder / "model.json");
  description.replace(description.find(before), before.size(), sha256(content));
  write_file(folder / "model.json", description);
  return folder;
}

// Its decoder ends in NaN.
std::filesystem::path broken_model() {
  return changed_model([](const std::string& name, std::span<char> bytes) {
    if (name != "decoder.conv_out.bias") return;
    bytes[0] = '\xff';
    bytes[1] = '\x7f';
  });
}

// Its decoder gives 0.5 for every pixel, which is #bfbfbf, whatever the latents are.
std::filesystem::path flat_model() {
  return changed_model([](const std::string& name, std::span<char> bytes) {
    if (!name.starts_with("decoder.conv_out.")) return;
    std::ranges::fill(bytes, '\0');
    if (!name.ends_with("bias")) return;
    for (std::size_t i = 1; i < bytes.size(); i += 2) bytes[i] = '\x38';
  });
}

std::vector<std::string> failures(const Generator& generator, const std::vector<GenerateOptions>& jobs) {
  std::vector<std::string> result;
  generator.generate(jobs,
                     {.on_image = [](std::size_t, const Image&) { FAIL() << "a picture of one colour was shown"; },
                      .on_failed = [&](std::size_t, const Error& error) { result.emplace_back(error.what()); }});
  return result;
}

TEST(Generator, NeverShowsAPictureOfOneColour) {
  const std::filesystem::path folder = flat_model();
  const std::string begin = "the picture is of one colour (#bfbfbf), so it is not saved. ";
  GenerateOptions tiny = small(2);
  tiny.width = tiny.height = 8;
  const Generator exact(open_model(folder), {.device = "cpu", .dtype = Dtype::float32});
  const std::string too_large =
      begin + "Mostly latents grew too large: take a smaller `cfg_scale`; if it must be so, `allow_flat`.";
  EXPECT_EQ(failures(exact, {small(1), tiny}), (std::vector<std::string>{too_large, too_large}));
  const Generator half(open_model(folder), {.device = "cpu", .dtype = Dtype::bfloat16});
  EXPECT_EQ(
      failures(half, {small(1)}),
      (std::vector<std::string>{begin + "Mostly bfloat16 did not suffice: take `dtype` float32; if it must be so, "
                                        "`allow_flat`."}));
}

TEST(Generator, LooksAtTheDecodersPictureBeforeTheInitImageCoversIt) {
  const std::filesystem::path folder = flat_model();
  GenerateOptions options = from_apple(2, 1);
  options.inpaint.mask = file_of(half_mask(), "mask.png");
  const Generator strict(open_model(folder), {.device = "cpu", .dtype = Dtype::float32});
  EXPECT_EQ(failures(strict, {options}).size(), 1U);
  const Generator lenient(open_model(folder), {.device = "cpu", .dtype = Dtype::float32, .allow_flat = true});
  const Image painted = lenient.generate(options);
  EXPECT_EQ(painted.rgb[0], apple().rgb[0]) << "kept";
  EXPECT_EQ(painted.rgb[63 * 3], 0xbf) << "painted";
}

TEST(Generator, GivesOutAPictureOfOneColourOnRequestAndAsAPreview) {
  const std::filesystem::path folder = flat_model();
  const Generator lenient(open_model(folder), {.device = "cpu", .dtype = Dtype::float32, .allow_flat = true});
  EXPECT_EQ(lenient.generate(small(1)).rgb, std::vector<std::uint8_t>(64UL * 64 * 3, 0xbf));
  const Generator strict(open_model(folder), {.device = "cpu", .dtype = Dtype::float32});
  std::vector<std::uint8_t> preview;
  strict.generate(std::vector{small(1)}, {.on_step =
                                              [&](const StepInfo& step) {
                                                preview = step.preview().rgb;
                                                return StepAnswer::drop;
                                              },
                                          .on_failed = [](std::size_t, const Error& error) { throw error; }});
  EXPECT_EQ(preview, std::vector<std::uint8_t>(64UL * 64 * 3, 0xbf));
}

TEST(Generator, NeverShowsValuesThatAreNotFinite) {
  const Generator generator(open_model(broken_model()), {.device = "cpu", .dtype = Dtype::float32});
  std::vector<std::size_t> failed;
  const std::vector<GenerateOptions> jobs = {small(1), small(2)};
  generator.generate(jobs, {.on_image = [](std::size_t, const Image&) { FAIL() << "a picture of NaN was shown"; },
                            .on_failed =
                                [&](std::size_t job, const Error& error) {
                                  failed.push_back(job);
                                  EXPECT_NE(std::string(error.what()).find("not finite"), std::string::npos);
                                }});
  EXPECT_EQ(failed, (std::vector<std::size_t>{0, 1})) << "one failure must not stop the others";
  EXPECT_THROW((void)generator.generate(small(1)), Error);
}

TEST(Generator, RefusesWhatIsOutOfRangeBeforeItStarts) {
  GenerateOptions options = small(1);
  options.width = 65;
  EXPECT_EQ(error_of([&] { (void)on_cpu().generate(options); }),
            "usage: `width`: 65 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 64 or 72.");
}

}  // namespace
}  // namespace sfumato
