// The jobs of a command: of its own lists, or of the lines of a prompt file.
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

struct JobSpec {
  OptionSettings said{};               // on the command line; defaults for the lines of a file
  std::string from_file{};             // "-": standard input; empty: none
  bool has_prompt = false;             // the defaults have one, so that a line need not say it
  std::string wildcards{"wildcards"};  // the folder
  bool combinatorial = false;
  SweepRules rules{};
  IsRunFlag is_run_flag = nullptr;
  std::optional<JobCount> counted{};  // what count() gave for such a request, so that a long file is not read again
};

// Whether the command line says what pictures start from; a line of a file may all the same.
[[nodiscard]] bool starts_from_pictures(const JobSpec& request);

class PromptJobs : public JobStream {
 public:
  // base_seed: what random seeds are a function of. Throws Error(usage) if what the command line says cannot be, and
  // Error(input_missing) if the file cannot be opened.
  PromptJobs(JobSpec request, std::uint64_t base_seed);

  // Of a line that asks for nothing that can be made, a BadLine, and likewise of a picture that starts from a file that
  // is none; if only one was asked for, on the command line, what is wrong with its file is thrown instead. Throws
  // Error(bad_data) at the end of a file in which there was no prompt.
  [[nodiscard]] std::optional<Item> next() override;
  // Nothing for standard input and for pipes.
  [[nodiscard]] std::optional<JobCount> count() override;

 private:
  void check_command_line();
  bool read_line(std::string& fault);
  [[nodiscard]] std::string place() const;
  [[nodiscard]] Item complete(Job job);

  JobSpec request_;
  std::uint64_t base_seed_;
  Wildcards wildcards_;
  RandomSeeds seeds_;
  InputFiles files_;
  std::unique_ptr<LineReader> lines_;
  std::optional<Sweep> sweep_;  // of the line that is being gone through
  std::string output_;          // that it says
  std::uint64_t in_line_ = 0;   // pictures of it that were given
  std::uint64_t drawn_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t index_ = 0;  // of the next item
};

}  // namespace sfumato
