#include "bundle/model_json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/json.h"
#include "base/printable.h"
#include "bundle/known_files.h"
#include "bundle/map_classes.h"

namespace sfumato {
namespace {

// 2: noise_schedule.kind, latents.mean, instruct_pix2pix. A bundle without them is written as 1, which earlier versions
// of this program read too.
constexpr int kNewestFormat = 2;
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
constexpr std::span<const Named<PredictionType>> kEdmPredictionTypes = std::span(kPredictionTypes).first(2);

template <typename Enum>
Enum one_of(JsonReader& reader, std::string_view key, std::span<const Named<Enum>> choices) {
  const std::string& word = reader.string(key);
  std::string list;
  for (const Named<Enum>& choice : choices) {
    if (choice.name == word) return choice.value;
    list += (list.empty() ? "" : ", ") + std::string(choice.name);
  }
  reader.fail(key, "\"" + printable(word) + "\" is not known; one of " + list + " is expected");
}

std::string read_sha256(JsonReader& reader, std::string_view key) {
  const std::string& text = reader.string(key);
  const auto hexadecimal = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 64 || !std::ranges::all_of(text, hexadecimal)) {
    reader.fail(key, "64 lower-case hexadecimal digits are expected");
  }
  return text;
}

int small(JsonReader& reader, std::string_view key, int lowest, int highest) {
  return static_cast<int>(reader.integer(key, lowest, highest));
}

// A plain name inside the folder: no path, no hidden file, no characters that are special to shells or file systems.
const std::string& file_name(JsonReader& reader, std::string_view key, const std::string& name) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-'; };
  const bool is_valid =
      !name.empty() && name.size() <= kMaxName && name.front() != '.' && std::ranges::all_of(name, plain);
  if (!is_valid) {
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
    if (name == nullptr) reader.fail("weights", "an array of file names is expected");
    files.weights.push_back(file_name(reader, "weights", *name));
  }
  if (files.weights.empty()) reader.fail("weights", "at least one file is expected");
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

// A number for each channel.
std::vector<double> read_channels(JsonReader& reader, std::string_view key, int channels, double lowest) {
  std::vector<double> numbers;
  for (const Json& entry : reader.array(key)) {
    const auto* whole = std::get_if<std::int64_t>(&entry.value);
    const auto* real = std::get_if<double>(&entry.value);
    const double number = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : NAN;
    if (!(number >= lowest && number <= 1e6)) {
      reader.fail(key, lowest > 0 ? "numbers above 0, at most 1000000, are expected" : "numbers are expected");
    }
    numbers.push_back(number);
  }
  if (std::ssize(numbers) == channels) return numbers;
  reader.fail(key, std::to_string(numbers.size()) + " numbers, " + std::to_string(channels) +
                       " are expected, one for each channel");
}

LatentConfig read_latents(JsonReader reader) {
  LatentConfig config;
  config.channels = small(reader, "channels", 1, 256);
  config.downscale = small(reader, "downscale", 1, 64);
  config.scaling_factor = reader.real("scaling_factor", 1e-6, 1e6);
  if (reader.has("mean")) {
    config.mean = read_channels(reader, "mean", config.channels, -1e6);
    config.deviation = read_channels(reader, "deviation", config.channels, 1e-6);
  }
  reader.finish();
  return config;
}

SegmapConfig read_segmap(JsonReader reader) {
  SegmapConfig config;
  config.classes = file_name(reader, "classes", reader.string("classes"));
  config.channels = small(reader, "channels", 2, kMaxMapClasses);
  if (reader.has("optional")) config.optional = reader.boolean("optional");
  reader.finish();
  return config;
}

InstructPix2PixConfig read_instruct_pix2pix(JsonReader reader) {
  const InstructPix2PixConfig config{.scaled = reader.boolean("scaled")};
  reader.finish();
  return config;
}

NoiseScheduleConfig read_edm_noise(JsonReader reader) {
  NoiseScheduleConfig config;
  if (reader.string("kind") != "edm") reader.fail("kind", "\"edm\" is expected, or no kind at all");
  config.prediction_type = one_of<PredictionType>(reader, "prediction_type", kEdmPredictionTypes);
  EdmNoise& edm = config.edm.emplace();
  edm.sigma_data = reader.real("sigma_data", 1e-3, 1e3);
  edm.sigma_min = reader.real("sigma_min", kMinSigma, kMaxSigma);
  edm.sigma_max = reader.real("sigma_max", kMinSigma, kMaxSigma);
  if (edm.sigma_max <= edm.sigma_min) reader.fail("sigma_max", "is not above sigma_min");
  reader.finish();
  return config;
}

NoiseScheduleConfig read_noise_schedule(JsonReader reader) {
  if (reader.has("kind")) return read_edm_noise(std::move(reader));
  NoiseScheduleConfig config;
  config.train_steps = small(reader, "train_steps", 2, 100000);
  config.beta_schedule = one_of<BetaSchedule>(reader, "beta_schedule", kBetaSchedules);
  config.beta_start = reader.real("beta_start", 1e-9, 0.999);
  config.beta_end = reader.real("beta_end", config.beta_start, 0.999);
  config.prediction_type = one_of<PredictionType>(reader, "prediction_type", kPredictionTypes);
  if (reader.has("timestep_spacing")) {
    config.timestep_spacing = one_of<TimestepSpacing>(reader, "timestep_spacing", names<TimestepSpacing>());
  }
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
  if (reader.has("clip_skip")) defaults.clip_skip = small(reader, "clip_skip", 1, kMaxClipSkip);
  if (reader.has("dtype")) defaults.dtype = one_of<Dtype>(reader, "dtype", names<Dtype>());
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
  for (const NetworkKindInfo& entry : kNetworkKinds) {
    if (entry.optional && !networks.has(entry.name)) continue;
    config.networks.emplace(entry.kind, read_network(networks, entry.name));
  }
  networks.finish();
  if (!config.has(NetworkKind::text_encoder) && !config.has(NetworkKind::text_encoder_2)) {
    reader.fail("networks", "has no text_encoder");
  }
  config.conditioning_width = small(reader, "conditioning_width", 1, 65536);
  if (reader.has("pooled_width")) config.pooled_width = small(reader, "pooled_width", 1, 65536);
  if (config.has(NetworkKind::text_encoder_2) != (config.pooled_width > 0)) {
    reader.fail("pooled_width", "goes with networks.text_encoder_2, and one of them is missing");
  }
  if (reader.has("source_sha256")) config.source_sha256 = read_sha256(reader, "source_sha256");
  if (reader.has("inpainting")) config.inpainting = reader.boolean("inpainting");
  if (reader.has("instruct_pix2pix"))
    config.instruct_pix2pix = read_instruct_pix2pix(reader.object("instruct_pix2pix"));
  if (reader.has("requires_aesthetics_score")) {
    config.requires_aesthetics_score = reader.boolean("requires_aesthetics_score");
  }
  if (config.requires_aesthetics_score && config.pooled_width == 0) {
    reader.fail("requires_aesthetics_score", "goes with pooled_width, which is missing");
  }
  if (reader.has("zero_empty_negative_prompt")) {
    config.zero_empty_negative_prompt = reader.boolean("zero_empty_negative_prompt");
  }
  if (reader.has("weights_layout")) {
    config.weights_layout = one_of<WeightsLayout>(reader, "weights_layout", kWeightsLayouts);
  }
  config.latents = read_latents(reader.object("latents"));
  if (reader.has("segmap")) config.segmap = read_segmap(reader.object("segmap"));
  config.noise_schedule = read_noise_schedule(reader.object("noise_schedule"));
  config.defaults = read_defaults(reader.object("defaults"));
  if (config.defaults.width % config.latents.downscale != 0 || config.defaults.height % config.latents.downscale != 0) {
    reader.fail("defaults", "width and height are not multiples of latents.downscale");
  }
  return config;
}

std::map<std::string, FileDescription> read_files(JsonReader reader) {
  std::map<std::string, FileDescription> files;
  for (const std::string& name : reader.keys()) {
    JsonReader entry = reader.object(name);
    (void)file_name(reader, name, name);
    FileDescription expected{.size = entry.integer("size", 0, INT64_MAX), .sha256 = read_sha256(entry, "sha256")};
    entry.finish();
    files.emplace(name, std::move(expected));
  }
  return files;
}

// The lowest format that has all keys of the model.
int format_of(const ModelConfig& config) {
  return config.noise_schedule.edm || !config.latents.mean.empty() || config.instruct_pix2pix ||
                 config.requires_aesthetics_score
             ? kNewestFormat
             : 1;
}

std::int64_t read_version(JsonReader& reader) {
  if (reader.string("format") != "sfumato-bundle") reader.fail("format", "\"sfumato-bundle\" is expected");
  const std::int64_t version = reader.integer("format_version", 1, INT64_MAX);
  if (version > kNewestFormat) {
    reader.fail("format_version", std::to_string(version) + " is newer than this program, which reads up to " +
                                      std::to_string(kNewestFormat) + "; take a newer sfumato");
  }
  return version;
}

// The writers, in the order of the readers above.
template <typename Enum>
Json word(Enum value, std::span<const Named<Enum>> choices) {
  return {std::string(std::ranges::find(choices, value, &Named<Enum>::value)->name)};
}

Json number(int value) { return {std::int64_t{value}}; }

Json list(const std::vector<double>& numbers) {
  JsonArray array;
  for (const double entry : numbers) array.push_back({entry});
  return {std::move(array)};
}

Json to_json(const NetworkFiles& network) {
  JsonArray weights;
  for (const std::string& file : network.weights) weights.push_back({file});
  return {JsonObject{{"graph", {network.graph}}, {"weights", {std::move(weights)}}}};
}

Json to_json(const TokenizerConfig& config) {
  JsonObject object = {{"kind", word<TokenizerKind>(config.kind, kTokenizerKinds)},
                       {"file", {config.file}},
                       {"max_tokens", number(config.max_tokens)},
                       {"bos", number(config.bos)},
                       {"eos", number(config.eos)},
                       {"pad", number(config.pad)}};
  if (config.pad_2) object.emplace_back("pad_2", number(*config.pad_2));
  return {std::move(object)};
}

Json to_json(const EdmNoise& edm, PredictionType type) {
  return {JsonObject{{"kind", {std::string("edm")}},
                     {"prediction_type", word<PredictionType>(type, kPredictionTypes)},
                     {"sigma_data", {edm.sigma_data}},
                     {"sigma_min", {edm.sigma_min}},
                     {"sigma_max", {edm.sigma_max}}}};
}

Json to_json(const LatentConfig& config) {
  JsonObject object = {{"channels", number(config.channels)},
                       {"downscale", number(config.downscale)},
                       {"scaling_factor", {config.scaling_factor}}};
  if (!config.mean.empty()) {
    object.emplace_back("mean", list(config.mean));
    object.emplace_back("deviation", list(config.deviation));
  }
  return {std::move(object)};
}

Json to_json(const NoiseScheduleConfig& config) {
  if (config.edm) return to_json(*config.edm, config.prediction_type);
  JsonObject object = {{"train_steps", number(config.train_steps)},
                       {"beta_schedule", word<BetaSchedule>(config.beta_schedule, kBetaSchedules)},
                       {"beta_start", {config.beta_start}},
                       {"beta_end", {config.beta_end}},
                       {"prediction_type", word<PredictionType>(config.prediction_type, kPredictionTypes)}};
  if (config.timestep_spacing) {
    object.emplace_back("timestep_spacing", word<TimestepSpacing>(*config.timestep_spacing, names<TimestepSpacing>()));
  }
  object.emplace_back("steps_offset", number(config.steps_offset));
  object.emplace_back("set_alpha_to_one", Json{config.set_alpha_to_one});
  if (config.rescale_betas_zero_snr) object.emplace_back("rescale_betas_zero_snr", Json{true});
  return {std::move(object)};
}

Json to_json(const ModelDefaults& defaults) {
  JsonObject object = {{"width", number(defaults.width)},
                       {"height", number(defaults.height)},
                       {"steps", number(defaults.steps)},
                       {"cfg_scale", {defaults.cfg_scale}},
                       {"sampling_method", word<SamplingMethod>(defaults.sampling_method, names<SamplingMethod>())},
                       {"scheduler", word<Scheduler>(defaults.scheduler, names<Scheduler>())}};
  if (defaults.clip_skip != 1) object.emplace_back("clip_skip", number(defaults.clip_skip));
  if (defaults.dtype) object.emplace_back("dtype", word<Dtype>(*defaults.dtype, names<Dtype>()));
  return {std::move(object)};
}

JsonObject to_json(const ModelConfig& config) {
  JsonObject networks;
  for (const auto& [kind, files] : config.networks) networks.emplace_back(std::string(name_of(kind)), to_json(files));
  JsonObject model = {{"format", {std::string("sfumato-bundle")}},
                      {"format_version", number(format_of(config))},
                      {"name", {config.name}},
                      {"family", {config.family}},
                      {"license", {config.license}},
                      {"tokenizer", to_json(config.tokenizer)},
                      {"networks", {std::move(networks)}},
                      {"conditioning_width", number(config.conditioning_width)}};
  if (config.pooled_width > 0) model.emplace_back("pooled_width", number(config.pooled_width));
  if (config.inpainting) model.emplace_back("inpainting", Json{true});
  if (!config.source_sha256.empty()) model.emplace_back("source_sha256", Json{config.source_sha256});
  if (config.instruct_pix2pix) {
    model.emplace_back("instruct_pix2pix", Json{JsonObject{{"scaled", Json{config.instruct_pix2pix->scaled}}}});
  }
  if (config.requires_aesthetics_score) model.emplace_back("requires_aesthetics_score", Json{true});
  if (config.zero_empty_negative_prompt) model.emplace_back("zero_empty_negative_prompt", Json{true});
  if (config.weights_layout != WeightsLayout::contiguous) {
    model.emplace_back("weights_layout", word<WeightsLayout>(config.weights_layout, kWeightsLayouts));
  }
  model.emplace_back("latents", to_json(config.latents));
  if (config.segmap) {
    JsonObject segmap{{"classes", {config.segmap->classes}}, {"channels", number(config.segmap->channels)}};
    if (config.segmap->optional) segmap.emplace_back("optional", Json{true});
    model.emplace_back("segmap", Json{std::move(segmap)});
  }
  model.emplace_back("noise_schedule", to_json(config.noise_schedule));
  model.emplace_back("defaults", to_json(config.defaults));
  return model;
}

}  // namespace

ModelDescription read_model_json(std::string_view text, const std::string& where) {
  const Json json = parse_json(text, where, ErrorKind::bad_bundle);
  JsonReader reader(json, where, ErrorKind::bad_bundle);
  const std::int64_t version = read_version(reader);
  ModelDescription description{.config = read_config(reader), .files = read_files(reader.object("files"))};
  if (version < format_of(description.config)) {
    reader.fail("format_version",
                std::to_string(version) +
                    " has no EDM noise, latents.mean, instruct_pix2pix or requires_aesthetics_score; " +
                    std::to_string(format_of(description.config)) + " is expected");
  }
  reader.finish();
  for (const std::string& name : file_names(description.config)) {
    if (!description.files.contains(name)) {
      reader.fail("files", "\"" + name + "\" is not listed, but the model needs it");
    }
  }
  return description;
}

std::string write_model_json(const ModelDescription& description) {
  JsonObject model = to_json(description.config);
  JsonObject files;
  for (const auto& [name, file] : description.files) {
    files.emplace_back(name, Json{JsonObject{{"size", {file.size}}, {"sha256", {file.sha256}}}});
  }
  model.emplace_back("files", Json{std::move(files)});
  // People read it: a line for each key, and for each file.
  std::string text = "{";
  for (std::size_t i = 0; i < model.size(); ++i) {
    text += (i == 0 ? "\n  " : ",\n  ") + dump_json({model[i].first}) + ": ";
    const auto* lines = model[i].first == "files" ? std::get_if<JsonObject>(&model[i].second.value) : nullptr;
    if (lines == nullptr) {
      text += dump_json(model[i].second);
      continue;
    }
    text += "{";
    for (std::size_t j = 0; j < lines->size(); ++j) {
      text += (j == 0 ? "\n    " : ",\n    ") + dump_json({(*lines)[j].first}) + ": " + dump_json((*lines)[j].second);
    }
    text += "\n  }";
  }
  return text + "\n}\n";
}

std::vector<std::string> unknown_files(const ModelDescription& model) {
  std::vector<std::string> names = {model.config.tokenizer.file};
  for (const auto& [kind, network] : model.config.networks) names.push_back(network.graph);
  std::erase_if(names, [&](const std::string& name) { return is_known_file(model.files.at(name).sha256); });
  return names;
}

std::vector<std::string> file_names(const ModelConfig& config) {
  std::vector<std::string> names = {config.tokenizer.file};
  for (const auto& [kind, network] : config.networks) {
    names.push_back(network.graph);
    names.insert(names.end(), network.weights.begin(), network.weights.end());
  }
  if (config.segmap) names.push_back(config.segmap->classes);
  return names;
}

}  // namespace sfumato
