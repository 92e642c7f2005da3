#include "bundle/bundle_folder.h"

#include "base/printable.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
#include "bundle/safetensors.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::bad_bundle, shown_path(path) + ": " + what);
}

void check_no_other_files(const std::filesystem::path& folder, const std::map<std::string, FileDescription>& expected) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name != kModelJson && !expected.contains(name)) {
      fail(entry->path(), "is not listed in model.json. Take it out of the bundle.");
    }
  }
  if (error) fail(folder, error.message() + ".");
}

}  // namespace

BundleFolder::BundleFolder(const std::filesystem::path& folder, Trust trust) : folder_(folder), trust_(trust) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw Error(ErrorKind::input_missing,
                shown_path(folder) +
                    ": no such model. `model` takes a bundle: a folder with model.json (docs/bundle-format.md).");
  }
  const std::string where = path_of(kModelJson);
  const MappedFile description(folder / kModelJson, ErrorKind::bad_bundle);
  digest_ = sha256(description.bytes());
  const ModelDescription read = read_model_json(description.text(), where);
  config_ = read.config;
  const std::map<std::string, FileDescription>& expected = read.files;
  check_no_other_files(folder, expected);

  files_ = std::make_unique<CheckedFiles>(folder, expected);

  if (trust_ != Trust::known) return;
  const std::vector<std::string> unknown = unknown_files(read);
  if (!unknown.empty()) refuse_unknown(path_of(unknown.front()));
}

const MappedFile& BundleFolder::file(std::string_view name) const { return files_->file(name); }

TrustedGraph BundleFolder::graph(std::string_view name) const { return {file(name).text(), trust_, path_of(name)}; }

std::vector<Weight> BundleFolder::weights(NetworkKind kind) const {
  std::vector<Weight> weights;
  for (const std::string& name : config_.network(kind).weights) {
    const std::string where = path_of(name);
    const MappedFile& mapped = file(name);
    for (StoredTensor& tensor : read_safetensors(mapped.bytes(), where, ErrorKind::bad_bundle)) {
      if (widened(tensor.dtype) != tensor.dtype) {
        fail(folder_ / name,
             printable(tensor.name) +
                 " is not stored as F32, F16 or BF16. Export the model again with scripts/export/bundle.py.");
      }
      weights.push_back({.name = std::move(tensor.name),
                         .shape = std::move(tensor.shape),
                         .dtype = tensor.dtype,
                         .bytes = tensor.bytes,
                         .layout = config_.weights_layout,
                         .where = where,
                         .file = &mapped});
    }
  }
  return weights;
}

void BundleFolder::check_all() const {
  files_->check_all();
  if (trust_ != Trust::checked) return;
  for (const auto& [kind, network] : config_.networks) (void)graph(network.graph);
}

void BundleFolder::check_unchanged() const { files_->check_unchanged(); }

std::string BundleFolder::path_of(std::string_view name) const { return shown_path(folder_ / name); }

std::shared_ptr<const Bundle> open_model(const std::filesystem::path& folder, Trust trust) {
  return std::make_shared<const BundleFolder>(folder, trust);
}

}  // namespace sfumato
