// All pictures of one command or one line of a prompt file: the product of its lists.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jobs/input_files.h"
#include "jobs/job.h"
#include "jobs/option_settings.h"
#include "jobs/value_list.h"
#include "jobs/wildcards.h"

namespace sfumato {

// What a model decides of pictures.
struct ModelRules {
  std::string name{};          // what it calls itself
  GenerateOptions defaults{};  // the model's, or those of an existing picture
  int size_multiple = 8;       // the model's downscale factor, pixels
  // Throws Error(usage) for inputs that the model does not take or lacks; empty: not checked.
  std::function<void(const GenerateOptions& options)> fits_model{};
};

// Rules for every line.
struct SweepRules {
  ModelRules model{};  // the run's own
  // Those of a model that a job names. Throws Error if there is no such model. Empty: all are the run's own.
  std::function<const ModelRules&(const ModelRef& model)> of_model{};
  bool zip = false;            // lists advance together instead of multiplying
  bool size_explicit = false;  // the defaults' width and height are explicit: those of an existing picture
};

class Sweep {
 public:
  // An option of the line replaces the same option of the command line. Lists of the command line vary slowest; within
  // each layer the last list varies fastest, and --batch-count fastest of all. Throws Error(usage) if any combination
  // is invalid with its model's defaults (with a list of models at() throws instead, for those jobs alone), or an
  // option has no effect (one of the command line may have none in some lines); Error(input_missing) as files_named().
  Sweep(const SweepRules& rules, Wildcards& wildcards, const OptionSettings& command_line, const OptionSettings& line);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  // Which sides of the picture are explicit, in the options or in the defaults.
  [[nodiscard]] InputFiles::Sides explicit_sides() const { return explicit_sides_; }

  // Whether any seed is random.
  [[nodiscard]] bool draws_seeds() const { return draws_seeds_; }
  // The prompts as they were given: what RandomSeeds::draw() is a function of.
  [[nodiscard]] std::string given_prompts() const;

  // Picture `index` of size(): its options and axes. drawn: RandomSeeds::draw() for this line. Element p of a seed
  // list, if it is `random`, is seed_at(drawn, p), so that pictures that differ in other options share seeds. Files are
  // not read: InputFiles::complete(). Throws Error(usage) if there is a list of models and this one does not fit, and
  // as SweepRules::of_model.
  [[nodiscard]] Job at(std::uint64_t index, std::uint64_t drawn) const;
  // The rules of the model of picture `index`. Throws as at().
  [[nodiscard]] const ModelRules& rules_at(std::uint64_t index) const;

 private:
  // One option with its values, or the parts of a prompt.
  struct Input {
    const JobOption* option;
    std::vector<std::string> texts;   // as they were given
    std::optional<ValueList> values;  // nullopt for a prompt
    PromptText prompt;
  };
  struct Axis {
    std::size_t input;
    std::size_t part;  // of the prompt; 0 for other options
    std::uint64_t size;
    std::string name;
  };

  [[nodiscard]] bool has_effect(const JobOption& option, const OptionSettings& command_line,
                                const OptionSettings& line) const;
  void add(const OptionSetting& setting, Wildcards& wildcards);
  void multiply();
  void check_combinations() const;
  [[nodiscard]] std::vector<std::uint64_t> digits_of(std::uint64_t index) const;
  [[nodiscard]] std::string prompt_of(std::size_t input, const std::vector<std::uint64_t>& digits,
                                      PromptChoices* choices) const;
  [[nodiscard]] std::string value_of(std::size_t input, const std::vector<std::uint64_t>& digits) const;
  [[nodiscard]] ModelRef model_of(const std::vector<std::uint64_t>& digits) const;
  [[nodiscard]] const ModelRules& rules_of(const std::vector<std::uint64_t>& digits) const;
  [[nodiscard]] GenerateOptions options_at(const std::vector<std::uint64_t>& digits) const;
  void check_fit(const GenerateOptions& options, const ModelRules& model) const;

  SweepRules rules_;
  bool combinatorial_;
  std::vector<Input> inputs_;       // in the order in which they were given
  std::vector<std::size_t> order_;  // of inputs_, in which they are set
  std::vector<Axis> axes_;          // slowest first; each has more than one value
  std::uint64_t batch_count_ = 1;
  std::uint64_t size_ = 1;
  std::vector<std::size_t> model_inputs_;  // of inputs_: those that say which model
  bool has_models_ = false;                // a list of them
  bool draws_seeds_ = false;
  bool chooses_ = false;  // a wildcard is a choice by the seed
  InputFiles::Sides explicit_sides_{};
};

}  // namespace sfumato
