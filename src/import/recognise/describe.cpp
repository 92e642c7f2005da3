#include "import/recognise/describe.h"

#include <algorithm>
#include <map>

#include "base/colour.h"
#include "base/sha256.h"
#include "bundle/bundle.h"
#include "bundle/known_files.h"
#include "bundle/map_classes.h"
#include "bundle/model_json.h"
#include "import/recognise/checkpoint.h"

namespace sfumato {
namespace {

Json number(std::size_t value) { return {static_cast<std::int64_t>(value)}; }

std::size_t numbers_in(const StoredTensor& tensor) { return tensor.bytes.size() / size_of(tensor.dtype); }

// Counts numbers by the type they are stored in: {"F16": 859520964}.
class Types {
 public:
  void add(const StoredTensor& tensor) { counts_[std::string(name_of(tensor.dtype))] += numbers_in(tensor); }
  [[nodiscard]] Json json() const {
    JsonObject object;
    for (const auto& [name, count] : counts_) object.emplace_back(name, number(count));
    return {std::move(object)};
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

// A part of what model.json says, as it stands there.
Json part_of(const JsonObject& model, std::string_view key) {
  for (const auto& [name, value] : model) {
    if (name == key) return value;
  }
  return {};
}

// The classes that a map is drawn with, in the order of their numbers: {"background": "#ffffff", ...}.
Json legend_of(const Bundle& bundle) {
  JsonObject legend;
  for (const MapClass& entry : map_classes(bundle)) legend.emplace_back(entry.name, Json{colour_text(entry.colour)});
  return {std::move(legend)};
}

JsonObject describe_bundle(const std::filesystem::path& path) {
  const Bundle bundle(path, /*trust=*/true);
  bundle.check_all();
  const ModelConfig& config = bundle.config();
  Types types;
  JsonObject parameters;
  bool known = is_known_file(sha256(bundle.file(config.tokenizer.file).bytes()));
  const auto add = [&](const std::string& name, const NetworkFiles& network) {
    std::size_t count = 0;
    for (const std::string& file : network.weights) {
      for (const StoredTensor& tensor :
           read_safetensors(bundle.file(file).bytes(), bundle.path_of(file), ErrorKind::bad_bundle)) {
        count += numbers_in(tensor);
        types.add(tensor);
      }
    }
    known = known && is_known_file(sha256(bundle.file(network.graph).bytes()));
    parameters.emplace_back(name, number(count));
  };
  add("text_encoder", config.text_encoder);
  if (config.text_encoder_2) add("text_encoder_2", *config.text_encoder_2);
  add("unet", config.unet);
  add("vae_decoder", config.vae_decoder);
  add("vae_encoder", config.vae_encoder);

  const MappedFile text(path / kModelJson, ErrorKind::bad_bundle);
  const Json json = parse_json(text.text(), path.string(), ErrorKind::bad_bundle);
  const JsonObject& model = std::get<JsonObject>(json.value);
  JsonObject digests;
  const Json listed = part_of(model, "files");
  for (const auto& [name, file] : std::get<JsonObject>(listed.value)) {
    digests.emplace_back(name, part_of(std::get<JsonObject>(file.value), "sha256"));
  }
  JsonObject described = {{"kind", {std::string("bundle")}},
                          {"path", {path.string()}},
                          {"name", {config.name}},
                          {"family", {config.family}},
                          {"license", {config.license}},
                          {"parameters", {std::move(parameters)}},
                          {"stored_as", types.json()},
                          {"noise_schedule", part_of(model, "noise_schedule")},
                          {"defaults", part_of(model, "defaults")}};
  if (config.segmap) described.emplace_back("segmap", legend_of(bundle));
  described.emplace_back("trust", Json{std::string(known ? "not needed" : "needs --trust")});
  described.emplace_back("digest", Json{bundle.digest()});
  described.emplace_back("sha256", Json{std::move(digests)});
  return described;
}

Json schedule_json(const Schedule& schedule) {
  // model.json's own words: the schedule as a bundle of it would have it.
  ModelDescription model;
  model.config.noise_schedule = schedule.noise;
  const Json json = parse_json(write_model_json(model), "", ErrorKind::internal);
  return part_of(std::get<JsonObject>(json.value), "noise_schedule");
}

JsonObject describe_source(const std::filesystem::path& path, bool with_digests) {
  const Checkpoint source = open_checkpoint(path, {});
  std::map<std::string, std::size_t> parameters;
  std::map<std::string, std::size_t> unused;
  Types types;
  for (const ClassifiedTensor& labelled : source.tensors) {
    if (labelled.targets.empty()) {
      ++unused[labelled.unused_as];
    } else {
      parameters[std::string(name_of(labelled.targets.front().network))] += numbers_in(*labelled.tensor);
      types.add(*labelled.tensor);
    }
  }
  JsonObject counts;
  for (const auto& [name, count] : parameters) counts.emplace_back(name, number(count));
  JsonObject left;
  for (const auto& [group, count] : unused) left.emplace_back(group, number(count));
  JsonArray notes;
  for (const std::string& note : source.schedule.notes) notes.push_back({note});
  JsonObject digests;
  for (const WeightFile& file : source.files) {
    if (!with_digests) break;
    digests.emplace_back(file.path.filename().string(), Json{sha256(file.mapped.bytes())});
  }
  return {{"kind", {std::string(std::filesystem::is_directory(path) ? "diffusers folder" : "checkpoint")}},
          {"path", {path.string()}},
          {"name", {source.name}},
          {"family", {name_of(source.family, source.inpainting)}},
          {"license", {source.license.empty() ? "not stated" : source.license}},
          {"parameters", {std::move(counts)}},
          {"stored_as", types.json()},
          {"unused_tensors", {std::move(left)}},
          {"noise_schedule", schedule_json(source.schedule)},
          {"notes", {std::move(notes)}},
          {"sha256", {std::move(digests)}}};
}

}  // namespace

JsonObject describe(const std::filesystem::path& path, bool with_digests) {
  std::error_code error;
  return std::filesystem::exists(path / kModelJson, error) ? describe_bundle(path)
                                                           : describe_source(path, with_digests);
}

}  // namespace sfumato
