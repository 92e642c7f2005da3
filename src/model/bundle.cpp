#include "model/bundle.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <future>
#include <thread>

#include "base/json.h"
#include "base/printable.h"
#include "model/digest.h"
#include "model/known_files.h"

namespace sfumato {
namespace {

constexpr std::string_view kDescription = "model.json";
constexpr int kFormatVersion = 1;
constexpr std::size_t kMaxName = 200;  // bytes of a file name

constexpr std::array<Named<TokenizerKind>, 2> kTokenizerKinds = {{
    {TokenizerKind::sentencepiece, "sentencepiece"},
    {TokenizerKind::clip, "clip"},
}};
constexpr std::array<Named<WeightsLayout>, 2> kWeightsLayouts = {{
    {WeightsLayout::contiguous, "contiguous"},
    {WeightsLayout::channels_last, "channels_last"},
}};
constexpr std::array<Named<BetaSchedule>, 2> kBetaSchedules = {{
    {BetaSchedule::linear, "linear"},
    {BetaSchedule::scaled_linear, "scaled_linear"},
}};
constexpr std::array<Named<PredictionType>, 3> kPredictionTypes = {{
    {PredictionType::epsilon, "epsilon"},
    {PredictionType::v_prediction, "v_prediction"},
    {PredictionType::sample, "sample"},
}};
constexpr std::array<Named<TimestepSpacing>, 3> kTimestepSpacings = {{
    {TimestepSpacing::leading, "leading"},
    {TimestepSpacing::trailing, "trailing"},
    {TimestepSpacing::linspace, "linspace"},
}};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ExitCode::bad_bundle, printable(path.string(), 400) + ": " + what);
}

template <typename Enum>
Enum one_of(JsonReader& reader, std::string_view key, std::span<const Named<Enum>> choices) {
  const std::string& word = reader.string(key);
  std::string list;
  for (const Named<Enum>& choice : choices) {
    if (choice.name == word) return choice.value;
    list += (list.empty() ? "" : ", ") + std::string(choice.name);
  }
  reader.fail(key, "\"" + printable(word) + "\" is not known; one of " + list + " is wanted");
}

int small(JsonReader& reader, std::string_view key, int lowest, int highest) {
  return static_cast<int>(reader.integer(key, lowest, highest));
}

// A name inside the folder and nothing else: no path, no hidden file, nothing a shell or a file system could take for
// more.
const std::string& file_name(JsonReader& reader, std::string_view key, const std::string& name) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  const bool fine = !name.empty() && name.size() <= kMaxName && name.front() != '.' && std::ranges::all_of(name, plain);
  if (!fine) {
    reader.fail(
        key, "\"" + printable(name) +
                 "\" is not a file name inside the bundle (letters, digits, '.', '_' and '-', not beginning with '.')");
  }
  return name;
}

NetworkFiles read_network(JsonReader& networks, std::string_view key) {
  JsonReader reader = networks.object(key);
  NetworkFiles files{.graph = file_name(reader, "graph", reader.string("graph")), .weights = {}};
  for (const Json& entry : reader.array("weights")) {
    const auto* name = std::get_if<std::string>(&entry.value);
    if (name == nullptr) reader.fail("weights", "an array of file names is wanted");
    files.weights.push_back(file_name(reader, "weights", *name));
  }
  if (files.weights.empty()) reader.fail("weights", "at least one file is wanted");
  reader.finish();
  return files;
}

TokenizerConfig read_tokenizer(JsonReader reader) {
  TokenizerConfig config;
  config.kind = one_of<TokenizerKind>(reader, "kind", kTokenizerKinds);
  config.file = file_name(reader, "file", reader.string("file"));
  config.max_tokens = small(reader, "max_tokens", 3, 4096);
  constexpr int highest = (1 << 24) - 1;
  config.bos = small(reader, "bos", 0, highest);
  config.eos = small(reader, "eos", 0, highest);
  config.pad = small(reader, "pad", 0, highest);
  if (reader.has("pad_2")) config.pad_2 = small(reader, "pad_2", 0, highest);
  reader.finish();
  return config;
}

LatentConfig read_latents(JsonReader reader) {
  LatentConfig config;
  config.channels = small(reader, "channels", 1, 256);
  config.downscale = small(reader, "downscale", 1, 64);
  config.scaling_factor = reader.real("scaling_factor", 1e-6, 1e6);
  reader.finish();
  return config;
}

NoiseScheduleConfig read_noise_schedule(JsonReader reader) {
  NoiseScheduleConfig config;
  config.train_steps = small(reader, "train_steps", 2, 100000);
  config.beta_schedule = one_of<BetaSchedule>(reader, "beta_schedule", kBetaSchedules);
  config.beta_start = reader.real("beta_start", 1e-9, 0.999);
  config.beta_end = reader.real("beta_end", config.beta_start, 0.999);
  config.prediction_type = one_of<PredictionType>(reader, "prediction_type", kPredictionTypes);
  config.timestep_spacing = one_of<TimestepSpacing>(reader, "timestep_spacing", kTimestepSpacings);
  config.steps_offset = small(reader, "steps_offset", 0, 100);
  config.set_alpha_to_one = reader.boolean("set_alpha_to_one");
  if (reader.has("rescale_betas_zero_snr")) config.rescale_betas_zero_snr = reader.boolean("rescale_betas_zero_snr");
  reader.finish();
  return config;
}

ModelDefaults read_defaults(JsonReader reader) {
  ModelDefaults defaults;
  defaults.width = small(reader, "width", 1, kMaxSide);
  defaults.height = small(reader, "height", 1, kMaxSide);
  defaults.steps = small(reader, "steps", 1, kMaxSteps);
  defaults.cfg_scale = reader.real("cfg_scale", 0, kMaxCfgScale);
  defaults.sampling_method = one_of<SamplingMethod>(reader, "sampling_method", names<SamplingMethod>());
  defaults.scheduler = one_of<Scheduler>(reader, "scheduler", names<Scheduler>());
  reader.finish();
  return defaults;
}

ModelConfig read_config(JsonReader& reader) {
  ModelConfig config;
  config.name = reader.string("name");
  config.family = reader.string("family");
  config.license = reader.string("license");
  config.tokenizer = read_tokenizer(reader.object("tokenizer"));
  JsonReader networks = reader.object("networks");
  config.text_encoder = read_network(networks, "text_encoder");
  if (networks.has("text_encoder_2")) config.text_encoder_2 = read_network(networks, "text_encoder_2");
  config.unet = read_network(networks, "unet");
  config.vae_decoder = read_network(networks, "vae_decoder");
  config.vae_encoder = read_network(networks, "vae_encoder");
  networks.finish();
  config.conditioning_width = small(reader, "conditioning_width", 1, 65536);
  if (reader.has("pooled_width")) config.pooled_width = small(reader, "pooled_width", 1, 65536);
  if (config.text_encoder_2.has_value() != (config.pooled_width > 0)) {
    reader.fail("pooled_width", "goes with networks.text_encoder_2, and one of them is missing");
  }
  if (reader.has("zero_empty_negative_prompt")) {
    config.zero_empty_negative_prompt = reader.boolean("zero_empty_negative_prompt");
  }
  if (reader.has("weights_layout")) {
    config.weights_layout = one_of<WeightsLayout>(reader, "weights_layout", kWeightsLayouts);
  }
  config.latents = read_latents(reader.object("latents"));
  config.noise_schedule = read_noise_schedule(reader.object("noise_schedule"));
  config.defaults = read_defaults(reader.object("defaults"));
  if (config.defaults.width % config.latents.downscale != 0 || config.defaults.height % config.latents.downscale != 0) {
    reader.fail("defaults", "width and height are not multiples of latents.downscale");
  }
  return config;
}

std::vector<const NetworkFiles*> networks_of(const ModelConfig& config) {
  std::vector<const NetworkFiles*> networks = {&config.text_encoder, &config.unet, &config.vae_decoder,
                                               &config.vae_encoder};
  if (config.text_encoder_2) networks.push_back(&*config.text_encoder_2);
  return networks;
}

std::vector<std::string> file_names(const ModelConfig& config) {
  std::vector<std::string> names = {config.tokenizer.file};
  for (const NetworkFiles* network : networks_of(config)) {
    names.push_back(network->graph);
    names.insert(names.end(), network->weights.begin(), network->weights.end());
  }
  return names;
}

struct Expected {
  std::int64_t size = 0;
  std::string sha256;
};

std::map<std::string, Expected> read_files(JsonReader reader) {
  std::map<std::string, Expected> files;
  for (const std::string& name : reader.keys()) {
    JsonReader entry = reader.object(name);
    (void)file_name(reader, name, name);
    Expected expected{.size = entry.integer("size", 0, INT64_MAX), .sha256 = entry.string("sha256")};
    const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (expected.sha256.size() != 64 || !std::ranges::all_of(expected.sha256, hexadecimal)) {
      entry.fail("sha256", "64 lower-case hexadecimal digits are wanted");
    }
    entry.finish();
    files.emplace(name, std::move(expected));
  }
  return files;
}

void check_no_other_files(const std::filesystem::path& folder, const std::map<std::string, Expected>& expected) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name != kDescription && !expected.contains(name)) {
      fail(entry->path(), "is not listed in model.json. Take it out of the bundle.");
    }
  }
  if (error) fail(folder, error.message() + ".");
}

void check_file(const std::filesystem::path& path, const MappedFile& file, const Expected& expected) {
  if (file.bytes().size() != static_cast<std::size_t>(expected.size)) {
    fail(path, "has " + std::to_string(file.bytes().size()) + " bytes, model.json says " +
                   std::to_string(expected.size) + ". Copy the bundle again.");
  }
  if (const std::string found = sha256(file.bytes()); found != expected.sha256) {
    fail(path, "is damaged: SHA-256 " + found + ", model.json says " + expected.sha256 + ". Copy the bundle again.");
  }
}

// All files on all cores. The first that is wrong, by name, is the one that is told.
void check_files(const std::filesystem::path& folder, const std::map<std::string, MappedFile, std::less<>>& files,
                 const std::map<std::string, Expected>& expected) {
  std::vector<std::packaged_task<void()>> tasks;
  std::vector<std::future<void>> results;
  for (const auto& [name, wanted] : expected) {
    tasks.emplace_back(
        [&, path = folder / name] { check_file(path, files.find(path.filename().string())->second, wanted); });
    results.push_back(tasks.back().get_future());
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) helpers.emplace_back(work);
    work();
  }
  for (std::future<void>& result : results) result.get();
}

void check_version(JsonReader& reader) {
  if (reader.string("format") != "sfumato-bundle") reader.fail("format", "\"sfumato-bundle\" is wanted");
  const std::int64_t version = reader.integer("format_version", 1, INT64_MAX);
  if (version != kFormatVersion) {
    reader.fail("format_version", std::to_string(version) + " is newer than this program, which reads " +
                                      std::to_string(kFormatVersion) + "; take a newer sfumato");
  }
}

}  // namespace

Bundle::Bundle(const std::filesystem::path& folder, bool trust) : folder_(folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw Error(ExitCode::input_missing,
                printable(folder.string(), 400) +
                    ": no such model. --model takes a bundle: a folder with model.json (models/README.md).");
  }
  const std::string where = path_of(kDescription);
  const MappedFile description(folder / kDescription, ExitCode::bad_bundle);
  digest_ = sha256(description.bytes());
  const Json json = parse_json(description.text(), where, ExitCode::bad_bundle);
  JsonReader reader(json, where, ExitCode::bad_bundle);
  check_version(reader);
  config_ = read_config(reader);
  const std::map<std::string, Expected> expected = read_files(reader.object("files"));
  reader.finish();
  for (const std::string& name : file_names(config_)) {
    if (!expected.contains(name)) reader.fail("files", "\"" + name + "\" is not listed, but the model needs it");
  }
  check_no_other_files(folder, expected);

  for (const auto& [name, size_and_digest] : expected)
    files_.emplace(name, MappedFile(folder / name, ExitCode::bad_bundle));
  check_files(folder, files_, expected);

  std::vector<std::string> risky = {config_.tokenizer.file};
  for (const NetworkFiles* network : networks_of(config_)) risky.push_back(network->graph);
  for (const std::string& name : risky) {
    if (trust || is_known_file(expected.at(name).sha256)) continue;
    fail(folder / name,
         "is not a file that this sfumato knows, and using it means running what it says. "
         "If you trust where the bundle comes from, add --trust.");
  }
}

const MappedFile& Bundle::file(std::string_view name) const { return files_.find(name)->second; }

std::string Bundle::path_of(std::string_view name) const { return printable((folder_ / name).string(), 400); }

}  // namespace sfumato
