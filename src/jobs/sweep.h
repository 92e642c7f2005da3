// Everything that one command or one line of a prompt file asks for: its lists multiplied.
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

// What holds for every line.
struct SweepRules {
  GenerateOptions defaults{};  // the model's, or those of a picture that is taken up again
  int size_multiple = 8;       // the model's downscale factor
  // Throws Error(usage) for pictures to start from that the model does not take, or wants; empty: not looked at.
  std::function<void(const GenerateOptions& options)> fits_model{};
  bool zip = false;        // lists go side by side instead of multiplying
  bool size_said = false;  // the defaults' width and height are asked for: those of a picture that is taken up again
};

class Sweep {
 public:
  // What the line says replaces what the command line says of the same option; what the command line varies then
  // varies slowest, and within each the last list fastest. --batch-count varies fastest of all. Values that fit the
  // model's defaults and one another in every combination, or Error(usage); so is what has no effect, but a line need
  // not have all that the command line says something of. Error(input_missing) as files_named() throws it.
  Sweep(const SweepRules& rules, Wildcards& wildcards, const OptionSettings& command_line, const OptionSettings& line);

  [[nodiscard]] std::uint64_t size() const { return size_; }

  // Which sides of the picture are asked for, be it by the defaults.
  [[nodiscard]] InputFiles::Sides sides_said() const { return sides_said_; }

  // Whether a seed is to be drawn, and what tells the draws of different lines apart: the prompts as they were said.
  [[nodiscard]] bool draws_seeds() const { return draws_seeds_; }
  [[nodiscard]] std::string prompts_as_said() const;

  // Picture `index` of size(): options and axes. drawn: what draw() of RandomSeeds gave for this line; place p of a
  // list of seeds that is `random` is a function of drawn and p, so that pictures that differ in other ways share it.
  // Files are named and not looked at: InputFiles::complete().
  [[nodiscard]] Job at(std::uint64_t index, std::uint64_t drawn) const;

 private:
  // One option: its values, or of a prompt its parts.
  struct Input {
    const JobOption* option;
    std::vector<std::string> said;
    std::optional<ValueList> values;
    PromptText prompt;
  };
  struct Axis {
    std::size_t input;
    std::size_t part;  // of a prompt
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
  [[nodiscard]] GenerateOptions options_at(const std::vector<std::uint64_t>& digits) const;

  SweepRules rules_;
  bool combinatorial_;
  std::vector<Input> inputs_;       // in the order in which they were said
  std::vector<std::size_t> order_;  // in which they are applied
  std::vector<Axis> axes_;          // slowest first; each has more than one value
  std::uint64_t batch_count_ = 1;
  std::uint64_t size_ = 1;
  bool draws_seeds_ = false;
  bool chooses_ = false;  // wildcards by the seed
  InputFiles::Sides sides_said_{};
};

}  // namespace sfumato
