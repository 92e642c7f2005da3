// The values of one picture's options while they are put together.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "jobs/job_options.h"
#include "jobs/model_ref.h"

namespace sfumato {

// A set of options: bit i is row i of job_options().
using OptionSet = std::bitset<128>;

// Values in layers: the defaults, then the options of the command line, then those of a line of a prompt file.
class JobValues {
 public:
  // defaults: the model's, or those of an existing picture.
  explicit JobValues(const GenerateOptions& defaults) : options_(defaults), defaults_(defaults) {}

  // Throws Error(usage). Within one layer the more specific option is set later: size, then width.
  void set(const JobOption& option, const std::string& text);

  // The values with defaults derived for all options that are not explicit. Not checked against the model: check().
  [[nodiscard]] GenerateOptions resolved() const;

  // The stored options that are explicit.
  [[nodiscard]] const OptionSet& explicit_options() const { return explicit_; }

  // For JobOption::set: the values, and a further option that the text sets, such as a sampler's schedule.
  GenerateOptions& options() { return options_; }
  void mark_explicit(std::string_view name);

  ModelRef model{};     // not an option that the generator knows
  int batch_count = 1;  // pictures with consecutive seeds; not an option of one picture

 private:
  GenerateOptions options_;
  GenerateOptions defaults_;
  OptionSet explicit_;
};

// The stored option as a set; empty for an option that only sets others.
[[nodiscard]] OptionSet set_of(const JobOption& option);

}  // namespace sfumato
