#include "import/in_place/checkpoint_bundle.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
#include "import/recognise/source_digests.h"
#include "import/write/model_numbers.h"

namespace sfumato {
namespace {

std::string graph_file(NetworkKind kind) { return std::string(name_of(kind)) + ".ts"; }

[[noreturn]] void refuse_change(const WeightFile& file) {
  throw Error(ErrorKind::bad_bundle, file.where +
                                         ": has changed while it was in use, so the pictures that are being made are "
                                         "given up. Run the same command again.");
}

}  // namespace

CheckpointBundle::CheckpointBundle(Checkpoint source, const GraphSet& graphs, const InPlaceOptions& options,
                                   std::vector<std::string> digests)
    : source_(std::move(source)),
      digests_(std::move(digests)),
      map_(map_weights(source_.tensors, graphs.parameters, source_.where)),
      config_(config_of(source_, graphs)),
      trust_(options.trust) {
  apply(options.settings, config_);
  config_.weights_layout = WeightsLayout::channels_last;  // as `import` stores them
  config_.source_sha256 = source_digest(source_, digests_);
  const auto add = [&](const std::string& name, const std::filesystem::path& path) {
    files_.emplace(name, MappedFile(path, ErrorKind::input_missing, Links::follow));
    paths_.emplace(name, shown_path(path));
  };
  for (const auto& [kind, path] : graphs.files) {
    config_.networks[kind].graph = graph_file(kind);
    add(graph_file(kind), path);
  }
  add(config_.tokenizer.file, options.merges);
  digest_ = digest_of_all(options);
}

std::string CheckpointBundle::digest_of_all(const InPlaceOptions& options) const {
  ModelDescription described{.config = config_, .files = {}};
  described.config.name.clear();
  described.config.license.clear();
  described.config.defaults = {};
  const auto add = [&](const std::string& name, const MappedFile& file, const std::string& digest) {
    described.files.emplace(name,
                            FileDescription{.size = static_cast<std::int64_t>(file.bytes().size()), .sha256 = digest});
  };
  for (const auto& [name, file] : files_) add(name, file, sha256(file.bytes()));
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    add("source-" + std::to_string(i + 1), source_.files[i].mapped, digests_[i]);
  }
  std::string text = write_model_json(described);
  if (options.checkpoint.ema == EmaWeights::take) text += "ema\n";
  if (options.checkpoint.guidance_embedding) {
    text += "guidance_embedding " + std::to_string(*options.checkpoint.guidance_embedding) + "\n";
  }
  return sha256(text);
}

const MappedFile& CheckpointBundle::file(std::string_view name) const { return files_.find(name)->second; }

TrustedGraph CheckpointBundle::graph(std::string_view name) const { return {file(name).text(), trust_, path_of(name)}; }

std::vector<Weight> CheckpointBundle::weights(NetworkKind kind) const {
  std::vector<Weight> weights;
  for (const MappedNetwork& network : map_.networks) {
    if (network.kind != kind) continue;
    for (const MappedTensor& mapped : network.tensors) {
      weights.push_back({.name = mapped.name,
                         .shape = mapped.shape,
                         .dtype = mapped.tensor->dtype,
                         .bytes = mapped.tensor->bytes,
                         .piece = mapped.piece,
                         .scale = mapped.scale,
                         .where = mapped.file->where,
                         .file = mapped.is_made ? nullptr : &mapped.file->mapped});
    }
  }
  return weights;
}

void CheckpointBundle::check_unchanged() const {
  for (std::size_t i = 0; i < source_.files.size(); ++i) {
    WeightFile& file = source_.files[i];
    const MappedFile::Change change = file.mapped.change();
    if (change == MappedFile::Change::content) refuse_change(file);
    if (change == MappedFile::Change::none) continue;
    file.mapped.accept_change();
    if (sha256(file.mapped.bytes()) != digests_[i]) refuse_change(file);
  }
}

std::string CheckpointBundle::path_of(std::string_view name) const {
  const auto found = paths_.find(name);
  return found != paths_.end() ? found->second : source_.where;
}

}  // namespace sfumato
