// The models of a command: those that -m lists, and those that lines of a prompt file name.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/console.h"
#include "bundle/bundle.h"
#include "cli/cli_options.h"
#include "jobs/model_ref.h"
#include "jobs/sweep.h"
#include "run/run_models.h"

namespace sfumato {

// What is known of a model before its networks are loaded: of a bundle what its model.json says.
struct ModelFacts {
  std::filesystem::path path;  // of a bundle's folder, a checkpoint's file or folder
  ModelConfig config;
  std::string digest;                        // Bundle::digest()
  std::vector<std::string> unknown_files{};  // of a bundle that is not opened: those that take `trust`
};

// Each model is found and opened once, whatever it is called.
class CommandModels final : public RunModels {
 public:
  // note: gets how the settings of a checkpoint were found, the first time. err: shows how far a digest is.
  CommandModels(const CliOptions& options, Console& err, std::function<void(const std::string&)> note);

  // The run's own is the first of -m that can be opened, or the default. Throws as find_model() and open_model() do,
  // each time it is asked.
  [[nodiscard]] const ModelFacts& facts(const ModelRef& model);
  // Of --refiner; nullptr: none. Throws as facts() does.
  [[nodiscard]] const ModelFacts* refiner();
  // Whether the command line lists several models, or autoencoders.
  [[nodiscard]] bool has_list() const override { return names_.size() > 1 || vaes_.size() > 1; }
  // What -m lists, as it was said; empty: no model was said.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  // Whether a model was opened with this path.
  [[nodiscard]] bool has_inside(const std::filesystem::path& folder) const;

  // Opens the run's own model for good, before anything else is checked. Only for a run with one model.
  void open_own();

  // The rules of a model for jobs, made by `make_rules` once.
  using MakeRules = std::function<ModelRules(const ModelFacts& facts)>;
  void set_rules(MakeRules make_rules) { make_rules_ = std::move(make_rules); }
  [[nodiscard]] const ModelRules& rules(const ModelRef& model);

  // How the networks of a model run, from now on: what provenance() has given is void.
  using MakeRuntime = std::function<RuntimeOptions(const ModelFacts& facts)>;
  void set_runtime(MakeRuntime make_runtime);

  [[nodiscard]] const Provenance& provenance(const ModelRef& model) override;
  [[nodiscard]] Generator load(const ModelRef& model) override;
  [[nodiscard]] std::uint64_t bytes(const ModelRef& model) override;
  [[nodiscard]] std::vector<std::string> digests() override;
  [[nodiscard]] bool is_one() const override { return !has_list() && !has_lines_; }

 private:
  struct Model : std::enable_shared_from_this<Model> {
    std::string vae{};  // as it was said
    ModelFacts facts{};
    std::optional<ModelRules> rules{};
    std::optional<Provenance> provenance{};
    RuntimeOptions runtime{};  // with provenance
    std::shared_ptr<const Bundle> bundle{};
  };

  [[nodiscard]] Model& opened(const ModelRef& model);
  [[nodiscard]] Model& own();
  [[nodiscard]] ModelChoice choice_with(const std::string& vae) const;
  [[nodiscard]] ModelChoice refiner_choice() const;

  std::vector<std::string> names_;
  std::vector<std::string> vaes_;  // of --vae
  std::string refiner_name_;       // empty: none
  std::optional<ModelFacts> refiner_;
  std::shared_ptr<const Bundle> refiner_bundle_;  // open from the first model on that is loaded
  std::filesystem::path from_image_;
  bool has_lines_;  // of a prompt file
  bool is_verbose_;
  ModelChoice choice_;
  Console& err_;
  std::function<void(const std::string&)> note_;
  MakeRules make_rules_;
  MakeRuntime make_runtime_;
  std::map<ModelRef, std::shared_ptr<Model>> by_name_;
  std::map<ModelRef, std::shared_ptr<Model>> by_path_;  // canonical ones
};

}  // namespace sfumato
