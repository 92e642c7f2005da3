#include "jobs/prompt_jobs.h"

#include <filesystem>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {

bool starts_from_pictures(const JobSpec& request) {
  return is_set(request.said, find_job_option("init_img")) || !request.rules.defaults.init_img.path.empty();
}

PromptJobs::PromptJobs(JobSpec request, std::uint64_t base_seed)
    : request_(std::move(request)),
      base_seed_(base_seed),
      wildcards_(request_.wildcards, request_.combinatorial),
      seeds_(base_seed),
      files_(request_.rules.size_multiple, request_.from_file == "-") {
  if (request_.from_file.empty()) {
    sweep_.emplace(request_.rules, wildcards_, request_.said, OptionSettings{});
    if (sweep_->draws_seeds()) drawn_ = seeds_.draw(sweep_->prompts_as_said());
  } else {
    check_command_line();
    lines_ = std::make_unique<LineReader>(request_.from_file);
  }
}

// What would make every line a bad one is told once. Sampler, scheduler and eta go with one another, as does strength
// with a picture, and a line may bring one of them, so those are not looked at yet.
void PromptJobs::check_command_line() {
  OptionSettings alone;
  for (const OptionSetting& setting : request_.said) {
    const std::string_view name = setting.option->name;
    if (name != "sampling_method" && name != "scheduler" && name != "eta" && setting.option->needs.empty()) {
      alone.push_back(setting);
    } else {
      (void)ValueList(*setting.option, setting.texts);
    }
  }
  SweepRules rules = request_.rules;
  rules.zip = false;
  rules.fits_model = nullptr;
  (void)Sweep(rules, wildcards_, alone, OptionSettings{});
}

std::string PromptJobs::place() const {
  return (request_.from_file == "-" ? "standard input" : printable(request_.from_file, 300)) + ":" +
         std::to_string(line_);
}

// Goes on to the next line that asks for something; false at the end of the file. fault: what is wrong with it, else
// sweep_ is its pictures.
bool PromptJobs::read_line(std::string& fault) {
  const bool json = request_.from_file.ends_with(".jsonl") || request_.from_file.ends_with(".ndjson");
  while (const std::optional<Line> line = lines_->next()) {
    line_ = line->number;
    if (!line->fault.empty()) {
      fault = place() + ": " + line->fault;
      return true;
    }
    try {
      std::optional<PromptLine> parsed = parse_prompt_line(line->text, place(), json, request_.is_run_flag);
      if (!parsed) continue;
      try {
        if (!is_set(parsed->settings, find_job_option("prompt")) && !request_.has_prompt) {
          throw Error(ErrorKind::usage, "no prompt: say what the picture shows.");
        }
        sweep_.emplace(request_.rules, wildcards_, request_.said, parsed->settings);
      } catch (const Error& error) {
        throw Error(error.kind(), place() + ": " + error.what());
      }
      output_ = std::move(parsed->output);
      in_line_ = 0;
      return true;
    } catch (const Error& error) {
      fault = error.what();
      return true;
    }
  }
  return false;
}

std::optional<Item> PromptJobs::next() {
  if (!sweep_ || in_line_ == sweep_->size()) {
    if (!lines_) return std::nullopt;
    sweep_.reset();
    std::string fault;
    if (!read_line(fault)) {
      if (index_ > 0) return std::nullopt;
      const std::string name = request_.from_file == "-" ? "standard input" : printable(request_.from_file, 300);
      throw Error(ErrorKind::bad_data, "no prompts in " + name + ". Write one a line; --help prompts tells more.");
    }
    if (!fault.empty()) return Item(BadLine{.message = fault, .index = index_++, .line = line_});
    if (sweep_->draws_seeds()) drawn_ = seeds_.draw(sweep_->prompts_as_said());
  }
  Job job = sweep_->at(in_line_++, drawn_);
  job.index = index_++;
  job.line = line_;
  if (lines_) job.origin = place();
  job.output_template = output_;
  return complete(std::move(job));
}

// With what its files are.
Item PromptJobs::complete(Job job) {
  try {
    files_.complete(job.options, sweep_->sides_said());
  } catch (const Error& error) {
    if (!lines_ && sweep_->size() == 1) throw;
    return BadLine{.message = place_of(job) + ": " + error.what(), .index = job.index, .line = job.line};
  }
  return job;
}

std::optional<JobCount> PromptJobs::count() {
  if (request_.counted) return request_.counted;
  if (!lines_) return JobCount{.jobs = sweep_->size(), .bad_lines = 0};
  std::error_code error;
  if (request_.from_file == "-" || !std::filesystem::is_regular_file(request_.from_file, error)) return std::nullopt;
  PromptJobs again(request_, base_seed_);
  JobCount count;
  std::string fault;
  while (again.read_line(fault)) {
    if (fault.empty()) {
      count.jobs = checked_sum(count.jobs, again.sweep_->size(), printable(request_.from_file, 300));
    } else {
      ++count.bad_lines;
    }
    fault.clear();
  }
  return count;
}

}  // namespace sfumato
