// The jobs of a command, from its own lists or from the lines of a prompt file.
#pragma once

#include <memory>
#include <string>

#include "jobs/job.h"
#include "jobs/line_reader.h"
#include "jobs/option_settings.h"
#include "jobs/prompt_line.h"
#include "jobs/random_seeds.h"
#include "jobs/sweep.h"
#include "jobs/wildcards.h"

namespace sfumato {

// What a command asks for.
struct JobSpec {
  OptionSettings settings{};           // of the command line; defaults for the lines of a file
  std::string from_file{};             // "-": standard input; empty: no prompt file
  bool has_prompt = false;             // the defaults have a prompt, so a line needs none
  std::string wildcards{"wildcards"};  // the folder
  bool combinatorial = false;          // a wildcard stands for all its lines
  SweepRules rules{};
  IsRunFlag is_run_flag = nullptr;
  std::optional<JobCount> counted{};  // count() of an equal spec, so that a long file is read only once more
};

// Whether the command line names an init image; a line of a file may still name one.
[[nodiscard]] bool starts_from_pictures(const JobSpec& spec);

class PromptJobs : public JobStream {
 public:
  // base_seed: of all random seeds. Throws Error(usage) if the command line's options are invalid for every line, and
  // Error(input_missing) if the file cannot be opened.
  PromptJobs(JobSpec spec, std::uint64_t base_seed);

  // An invalid line, or a picture whose input file is missing or invalid, is a BadLine; a command for a single picture
  // throws the Error of its input file instead. Throws Error(bad_data) at the end of a file without prompts.
  [[nodiscard]] std::optional<Item> next() override;
  // false: the next line has not been written yet, or all lines up to now were blank.
  [[nodiscard]] bool ready(std::chrono::milliseconds patience) override;
  // false for standard input and pipes.
  [[nodiscard]] bool rewind() override;
  // nullopt for standard input and pipes.
  [[nodiscard]] std::optional<JobCount> count() override;

 private:
  void check_command_line();
  bool read_line();
  [[nodiscard]] bool take(const Line& line);
  [[nodiscard]] bool can_read_again() const;
  [[nodiscard]] std::string file_name() const;
  [[nodiscard]] std::string place() const;
  [[nodiscard]] Item job_at(std::uint64_t in_line, std::uint64_t index);

  JobSpec spec_;
  std::uint64_t base_seed_;
  Wildcards wildcards_;
  RandomSeeds seeds_;
  InputFiles files_;
  std::unique_ptr<LineReader> lines_;
  std::optional<Sweep> sweep_;  // of the current line
  std::string output_;          // --output of the current line
  std::string fault_;           // why the current line is invalid; empty: sweep_ is its pictures
  bool has_line_ = false;       // the current line is parsed, and next() has returned nothing of it
  std::uint64_t in_line_ = 0;   // pictures of the current line that next() has returned
  std::uint64_t drawn_ = 0;     // RandomSeeds::draw() for the current line
  std::uint64_t line_ = 0;      // number of the current line
  std::uint64_t index_ = 0;     // of the next item
};

}  // namespace sfumato
