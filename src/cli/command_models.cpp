#include "cli/command_models.h"

#include <algorithm>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "base/shown_path.h"
#include "bundle/model_json.h"
#include "cli/find_model.h"
#include "cli/model_choice.h"
#include "cli/open_model.h"
#include "import/recognise/describe.h"
#include "jobs/flag_words.h"
#include "jobs/value_list.h"
#include "pipeline/runtime_dtype.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

// The values of an option on the command line.
std::vector<std::string> values_in(const OptionSettings& settings, std::string_view option) {
  std::vector<std::string> names;
  for (const OptionSetting& setting : settings) {
    if (setting.option->name != option) continue;
    const ValueList values(*setting.option, setting.texts);
    for (std::uint64_t i = 0; i < values.size(); ++i) names.push_back(values.at(i));
  }
  return names;
}

ModelFacts facts_of_bundle(const fs::path& folder) {
  const fs::path path = folder / kModelJson;
  const MappedFile description(path, ErrorKind::bad_bundle);
  const ModelDescription model = read_model_json(description.text(), shown_path(path));
  return {.path = folder,
          .config = model.config,
          .digest = sha256(description.bytes()),
          .unknown_files = unknown_files(model)};
}

std::uint64_t bytes_below(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return fs::file_size(path, error);
  std::uint64_t bytes = 0;
  for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".safetensors") bytes += entry->file_size(ignored);
  }
  return bytes;
}

}  // namespace

CommandModels::CommandModels(const CliOptions& options, Console& err, std::function<void(const std::string&)> note)
    : names_(values_in(options.settings, "model")),
      vaes_(values_in(options.settings, "vae")),
      refiner_name_(options.refiner),
      from_image_(options.from_image),
      has_lines_(!options.from_file.empty()),
      is_verbose_(options.verbose),
      choice_(options.choice),
      err_(err),
      note_(std::move(note)) {}

CommandModels::Model& CommandModels::own() {
  const std::string vae = vaes_.empty() ? "" : vaes_.front();
  std::optional<Error> first;
  for (const std::string& name : names_) {
    try {
      return opened({.name = name, .vae = vae});
    } catch (const Error& error) {
      if (is_one()) throw;
      if (!first) first = error;
    }
  }
  if (first) throw Error(*first);
  return opened({.name = chosen_model(std::nullopt, from_image_).string(), .vae = vae});
}

ModelChoice CommandModels::choice_with(const std::string& vae) const {
  ModelChoice choice = choice_;
  if (!vae.empty()) set_choice(choice, "--vae", vae);
  return choice;
}

CommandModels::Model& CommandModels::opened(const ModelRef& model) {
  if (const auto known = by_name_.find(model); known != by_name_.end()) return *known->second;
  if (model == ModelRef{}) return *(by_name_[model] = own().shared_from_this());
  // A line may say another autoencoder alone.
  const fs::path path = model.name.empty() ? opened({}).facts.path : find_model(model.name);
  std::error_code error;
  const ModelRef canonical{.name = fs::canonical(path, error).string(),
                           .vae = model.vae.empty() ? "" : fs::weakly_canonical(model.vae, error).string()};
  if (const auto known = by_path_.find(canonical); known != by_path_.end()) {
    return *(by_name_[model] = known->second);
  }
  const auto added = std::make_shared<Model>();
  added->vae = model.vae;
  const ModelChoice choice = choice_with(model.vae);
  if (is_bundle(path) && choice.checkpoint_flag.empty()) {
    added->facts = facts_of_bundle(path);
  } else {
    OpenedModel result = open_model(path, choice, err_);
    added->facts = {.path = path, .config = result.bundle->config(), .digest = result.bundle->digest()};
    if (is_one()) added->bundle = result.bundle;  // of many, only the one that is at work is kept open
    if (result.is_new || is_verbose_) {
      for (const std::string& text : result.notes) note_(with_flags(text));
    }
  }
  by_path_[canonical] = added;
  return *(by_name_[model] = added);
}

// The flags of a checkpoint say how the model is to be read, not its refiner.
ModelChoice CommandModels::refiner_choice() const { return {.trust = choice_.trust, .is_quiet = choice_.is_quiet}; }

const ModelFacts* CommandModels::refiner() {
  if (refiner_name_.empty()) return nullptr;
  if (!refiner_) {
    const fs::path path = find_model(refiner_name_, "--refiner");
    if (is_bundle(path)) {
      refiner_ = facts_of_bundle(path);
    } else {
      const OpenedModel opened = open_model(path, refiner_choice(), err_);
      refiner_ = ModelFacts{.path = path, .config = opened.bundle->config(), .digest = opened.bundle->digest()};
    }
  }
  return &*refiner_;
}

const ModelFacts& CommandModels::facts(const ModelRef& model) { return opened(model).facts; }

bool CommandModels::has_inside(const fs::path& folder) const {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(folder, error);
  const auto is_inside = [&](const fs::path& model) {
    const fs::path relative = target.lexically_relative(model);
    return !relative.empty() && *relative.begin() != "..";
  };
  return std::ranges::any_of(by_path_, [&](const auto& entry) { return is_inside(entry.first.name); }) ||
         (refiner_ && is_inside(fs::canonical(refiner_->path, error)));
}

void CommandModels::open_own() {
  Model& only = own();
  if (!only.bundle) only.bundle = open_model(only.facts.path, choice_with(only.vae), err_).bundle;
  if (const ModelFacts* facts = refiner()) refiner_bundle_ = open_model(facts->path, refiner_choice(), err_).bundle;
}

const ModelRules& CommandModels::rules(const ModelRef& model) {
  Model& found = opened(model);
  if (!found.rules) found.rules = make_rules_(found.facts);
  return *found.rules;
}

void CommandModels::set_runtime(MakeRuntime make_runtime) {
  make_runtime_ = std::move(make_runtime);
  for (const auto& [path, of_path] : by_path_) of_path->provenance.reset();
}

const Provenance& CommandModels::provenance(const ModelRef& model) {
  Model& found = opened(model);
  if (!found.provenance) {
    found.runtime = make_runtime_(found.facts);
    found.provenance = {.model_name = found.facts.config.name,
                        .model_digest = found.facts.digest,
                        .dtype = dtype_of(found.facts.config, found.runtime),
                        .model_hash = found.facts.config.source_sha256.substr(0, 10)};
    if (const ModelFacts* facts = refiner()) {
      found.provenance->refiner_name = facts->config.name;
      found.provenance->refiner_digest = facts->digest;
    }
  }
  return *found.provenance;
}

Generator CommandModels::load(const ModelRef& model) {
  (void)provenance(model);
  const Model& found = opened(model);
  const std::shared_ptr<const Bundle> bundle =
      found.bundle ? found.bundle : open_model(found.facts.path, choice_with(found.vae), err_).bundle;
  if (bundle->digest() != found.facts.digest) {
    throw Error(ErrorKind::bad_bundle,
                shown_path(found.facts.path) + ": has changed since the run began. Run the same command again.");
  }
  if (const ModelFacts* facts = refiner(); facts != nullptr && !refiner_bundle_) {
    refiner_bundle_ = open_model(facts->path, refiner_choice(), err_).bundle;
  }
  return {bundle, found.runtime, refiner_bundle_};
}

std::uint64_t CommandModels::bytes(const ModelRef& model) { return bytes_below(opened(model).facts.path); }

std::vector<std::string> CommandModels::digests() {
  std::vector<std::string> digests = {opened({}).facts.digest};
  const std::vector<std::string> vaes = vaes_.empty() ? std::vector<std::string>(1) : vaes_;
  for (const std::string& name : names_) {
    for (const std::string& vae : vaes) {
      try {
        digests.push_back(opened({.name = name, .vae = vae}).facts.digest);
      } catch (const Error&) {
        // Its own jobs fail.
      }
    }
  }
  return digests;
}

}  // namespace sfumato
