#include "import/recognise/describe.h"

#include <algorithm>
#include <map>

#include "base/colour.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/bundle_folder.h"
#include "bundle/check_weights.h"
#include "bundle/map_classes.h"
#include "bundle/model_json.h"
#include "import/recognise/checkpoint.h"
#include "jobs/flag_words.h"

namespace sfumato {
namespace {

Json number(std::size_t value) { return {static_cast<std::int64_t>(value)}; }

std::size_t elements_of(const StoredTensor& tensor) { return packing_of(tensor.dtype).numbers_in(tensor.bytes.size()); }

// Counts elements by their stored dtype: {"F16": 859520964}.
class DtypeCounts {
 public:
  void add(const StoredTensor& tensor) { counts_[std::string(name_of(tensor.dtype))] += elements_of(tensor); }
  [[nodiscard]] Json json() const {
    JsonObject object;
    for (const auto& [name, count] : counts_) object.emplace_back(name, number(count));
    return {std::move(object)};
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

// The value of a key of model.json.
Json value_at(const JsonObject& model, std::string_view key) {
  for (const auto& [name, value] : model) {
    if (name == key) return value;
  }
  return {};
}

// The classes of a map with their colours, in the order of their indices: {"background": "#ffffff", ...}.
Json legend_of(const Bundle& bundle) {
  JsonObject legend;
  for (const MapClass& entry : map_classes(bundle)) legend.emplace_back(entry.name, Json{colour_text(entry.colour)});
  return {std::move(legend)};
}

// What a run says of the bundle's graphs and tokenizer, which these are the digests of.
std::string trust_of(const Bundle& bundle, const ModelDescription& model) {
  if (unknown_files(model).empty()) return "not needed";
  try {
    for (const auto& [kind, network] : bundle.config().networks) {
      (void)TrustedGraph(bundle.file(network.graph).text(), Trust::checked, network.graph);
    }
    return "needs `trust`";
  } catch (const Error& error) {
    return std::string("needs `trust_all`: ") + error.what();
  }
}

// What model.json of a bundle would state.
JsonObject model_json_of(const ModelConfig& config) {
  ModelDescription model;
  model.config = config;
  const Json json = parse_json(write_model_json(model), "", ErrorKind::internal);
  return std::get<JsonObject>(json.value);
}

}  // namespace

bool is_bundle(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path / kModelJson, error);
}

JsonObject describe_bundle(const std::filesystem::path& path) {
  const BundleFolder bundle(path, Trust::all);
  bundle.check_all();
  check_weights(bundle);
  const ModelConfig& config = bundle.config();
  DtypeCounts dtypes;
  JsonObject parameters;
  for (const auto& [kind, network] : config.networks) {
    std::size_t count = 0;
    for (const std::string& file : network.weights) {
      for (const StoredTensor& tensor :
           read_safetensors(bundle.file(file).bytes(), bundle.path_of(file), ErrorKind::bad_bundle)) {
        count += elements_of(tensor);
        dtypes.add(tensor);
      }
    }
    parameters.emplace_back(std::string(name_of(kind)), number(count));
  }

  const MappedFile text(path / kModelJson, ErrorKind::bad_bundle);
  const Json json = parse_json(text.text(), path.string(), ErrorKind::bad_bundle);
  const JsonObject& model = std::get<JsonObject>(json.value);
  JsonObject digests;
  const Json listed = value_at(model, "files");
  for (const auto& [name, file] : std::get<JsonObject>(listed.value)) {
    digests.emplace_back(name, value_at(std::get<JsonObject>(file.value), "sha256"));
  }
  JsonObject described = {{"kind", {std::string("bundle")}},
                          {"path", {path.string()}},
                          {"name", {config.name}},
                          {"family", {config.family}},
                          {"license", {config.license}},
                          {"parameters", {std::move(parameters)}},
                          {"stored_as", dtypes.json()},
                          {"noise_schedule", value_at(model, "noise_schedule")},
                          {"defaults", value_at(model, "defaults")}};
  if (config.segmap) described.emplace_back("segmap", legend_of(bundle));
  described.emplace_back("trust", Json{with_flags(trust_of(bundle, read_model_json(text.text(), shown_path(path))))});
  described.emplace_back("digest", Json{bundle.digest()});
  described.emplace_back("sha256", Json{std::move(digests)});
  return described;
}

JsonObject describe_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                               const ModelConfig* config, bool with_digests) {
  ModelConfig stated;
  stated.noise_schedule = checkpoint.schedule.noise;
  const JsonObject model = model_json_of(config != nullptr ? *config : stated);
  std::map<std::string, std::size_t> parameters;
  std::map<std::string, std::size_t> unused;
  DtypeCounts dtypes;
  for (const ClassifiedTensor& entry : checkpoint.tensors) {
    if (entry.slots.empty()) {
      ++unused[entry.unused_as];
    } else {
      parameters[std::string(name_of(entry.slots.front().network))] += elements_of(*entry.tensor);
      dtypes.add(*entry.tensor);
    }
  }
  JsonObject counts;
  for (const auto& [name, count] : parameters) counts.emplace_back(name, number(count));
  JsonObject unused_counts;
  for (const auto& [group, count] : unused) unused_counts.emplace_back(group, number(count));
  JsonArray notes;
  for (const std::string& note : checkpoint.schedule.notes) notes.push_back({with_flags(note)});
  JsonObject digests;
  for (const WeightFile& file : checkpoint.files) {
    if (!with_digests) break;
    digests.emplace_back(file.path.filename().string(), Json{sha256(file.mapped.bytes())});
  }
  return {{"kind", {std::string(std::filesystem::is_directory(path) ? "diffusers folder" : "checkpoint")}},
          {"path", {path.string()}},
          {"name", {checkpoint.name}},
          {"family", {graph_name(checkpoint)}},
          {"license", {checkpoint.license.empty() ? "not stated" : checkpoint.license}},
          {"parameters", {std::move(counts)}},
          {"stored_as", dtypes.json()},
          {"unused_tensors", {std::move(unused_counts)}},
          {"noise_schedule", value_at(model, "noise_schedule")},
          {"defaults", config != nullptr ? value_at(model, "defaults") : Json{}},
          {"notes", {std::move(notes)}},
          {"sha256", {std::move(digests)}}};
}

}  // namespace sfumato
