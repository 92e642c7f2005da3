#include "bundle/bundle.h"

#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
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

Bundle::Bundle(const std::filesystem::path& folder, Trust trust) : folder_(folder), trust_(trust) {
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

const MappedFile& Bundle::file(std::string_view name) const { return files_->file(name); }

TrustedGraph Bundle::graph(std::string_view name) const { return {file(name).text(), trust_, path_of(name)}; }

void Bundle::check_all() const {
  files_->check_all();
  if (trust_ != Trust::checked) return;
  for (const auto& [kind, network] : config_.networks) (void)graph(network.graph);
}

void Bundle::check_unchanged() const { files_->check_unchanged(); }

std::string Bundle::path_of(std::string_view name) const { return shown_path(folder_ / name); }

std::shared_ptr<const Bundle> open_model(const std::filesystem::path& folder, Trust trust) {
  return std::make_shared<const Bundle>(folder, trust);
}

GenerateOptions default_options(const Bundle& model) { return default_options(model.config()); }

GenerateOptions default_options(const ModelConfig& config) {
  const ModelDefaults& defaults = config.defaults;
  // A picture that is edited is seen by the U-Net at every step, and sampling begins at noise.
  const InitImageOptions init{.strength = config.instruct_pix2pix ? 1 : InitImageOptions{}.strength};
  return {.width = defaults.width,
          .height = defaults.height,
          .steps = defaults.steps,
          .cfg_scale = defaults.cfg_scale,
          .sampling_method = defaults.sampling_method,
          .scheduler = defaults.scheduler,
          .eta = default_eta(defaults.sampling_method),
          .clip_skip = defaults.clip_skip,
          .init = init};
}

}  // namespace sfumato
