// What the program needs of the libraries that compute: a generator of small grey pictures, without LibTorch.
#include "bundle/bundle_folder.h"
#include "import/write/graph_set.h"
#include "pipeline/runtime_dtype.h"
#include "sfumato/generator.h"

namespace sfumato {

namespace {

constexpr int kMaxSidePixels = 64;
constexpr std::size_t kMaxPictures = 20;  // of one run

}  // namespace

struct Generator::Impl {
  std::shared_ptr<const Bundle> model;
};

Generator::Generator(std::shared_ptr<const Bundle> model, const RuntimeOptions&, std::shared_ptr<const Bundle>)
    : impl_(new Impl{.model = std::move(model)}) {
  impl_->model->check_all();
}
Generator::~Generator() = default;
Generator::Generator(Generator&&) noexcept = default;

void Generator::generate(const NextJob& next, const Callbacks& callbacks) const {
  for (std::size_t job = 0; job < kMaxPictures; ++job) {
    NextJobResult result = next(/*may_wait=*/true);
    if (std::holds_alternative<NoMoreJobs>(result)) return;
    if (std::holds_alternative<NoneYet>(result)) continue;
    const auto& options = std::get<GenerateOptions>(result);
    check(options, impl_->model->config().latents.downscale);  // throws for options that the program let through
    if (std::max(options.width, options.height) > kMaxSidePixels) {
      callbacks.on_failed(job, Error(ErrorKind::stopped_early, "not enough memory to decode the picture."));
      continue;
    }
    if (callbacks.on_step({.job = job, .step = 1, .steps = 1, .evaluation = 1, .evaluations = 1}) == StepAnswer::drop) {
      callbacks.on_dropped(job);
    } else {
      callbacks.on_image(job, generate(options));
    }
  }
  throw Error(ErrorKind::stopped_early, "enough pictures.");
}

void Generator::generate(std::span<const GenerateOptions>, const Callbacks&) const {}

Image Generator::generate(const GenerateOptions& options) const {
  const auto values = static_cast<std::size_t>(options.width) * static_cast<std::size_t>(options.height) * 3;
  return {.width = options.width, .height = options.height, .rgb = std::vector<std::uint8_t>(values, 127)};
}

std::string Generator::lost_words(const std::string&, Weighting) const { return ""; }
std::string Generator::runtime() const { return "cpu, float32, 1 thread"; }
std::string Generator::warning() const { return ""; }
std::size_t Generator::batch_size() const { return 1; }
std::string Generator::dtype() const { return "float32"; }

std::string dtype_of(const Bundle&, const RuntimeOptions&) { return "float32"; }
std::string dtype_of(const ModelConfig&, const RuntimeOptions&) { return "float32"; }

GraphSet open_graphs(const std::vector<std::filesystem::path>&, const FamilyInfo&, Trust) {
  throw Error(ErrorKind::bad_bundle, "no graphs.");
}
GraphNumbers numbers_of(const GraphSet&) { return {}; }

}  // namespace sfumato
