#include "jobs/prompt_jobs.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "base/printable.h"
#include "base/signals.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::chrono::milliseconds kReading{20};  // for which even an impatient caller reads what is there

}  // namespace

bool starts_from_pictures(const JobSpec& spec) {
  return is_set(spec.settings, find_job_option("init_img")) || !spec.rules.model.defaults.init.image.path.empty();
}

PromptJobs::PromptJobs(JobSpec spec, std::uint64_t base_seed)
    : spec_(std::move(spec)),
      base_seed_(base_seed),
      wildcards_(spec_.wildcards, spec_.combinatorial),
      seeds_(base_seed),
      files_(spec_.from_file == "-") {
  if (spec_.from_file.empty()) {
    sweep_.emplace(spec_.rules, wildcards_, spec_.settings, OptionSettings{});
    if (sweep_->draws_seeds()) drawn_ = seeds_.draw(sweep_->given_prompts());
  } else {
    check_command_line();
    lines_ = std::make_unique<LineReader>(spec_.from_file);
  }
}

// Reports once what would make every line invalid. An option that depends on others is only parsed here, because a line
// may bring what it depends on.
void PromptJobs::check_command_line() {
  OptionSettings alone;
  for (const OptionSetting& setting : spec_.settings) {
    if (setting.option->checked_alone && setting.option->needs.empty()) {
      alone.push_back(setting);
    } else {
      (void)ValueList(*setting.option, setting.texts);
    }
  }
  SweepRules rules = spec_.rules;
  rules.zip = false;
  rules.model.fits_model = nullptr;
  rules.of_model = nullptr;
  (void)Sweep(rules, wildcards_, alone, OptionSettings{});
}

std::string PromptJobs::file_name() const {
  return spec_.from_file == "-" ? "standard input" : printable(spec_.from_file, 300);
}

std::string PromptJobs::place() const { return file_name() + ":" + std::to_string(line_); }

// Parses a line into fault_ or sweep_; false for a blank line or a comment.
bool PromptJobs::take(const Line& line) {
  const bool json = spec_.from_file.ends_with(".jsonl") || spec_.from_file.ends_with(".ndjson");
  line_ = line.number;
  fault_.clear();
  if (!line.fault.empty()) {
    fault_ = place() + ": " + line.fault;
    return true;
  }
  try {
    std::optional<PromptLine> parsed = parse_prompt_line(line.text, place(), json, spec_.is_run_flag);
    if (!parsed) return false;
    try {
      if (!is_set(parsed->settings, find_job_option("prompt")) && !spec_.has_prompt) {
        throw Error(ErrorKind::usage, "no prompt: say what the picture shows.");
      }
      sweep_.emplace(spec_.rules, wildcards_, spec_.settings, parsed->settings);
    } catch (const Error& error) {
      throw Error(error.kind(), place() + ": " + error.what());
    }
    output_ = std::move(parsed->output);
    in_line_ = 0;
  } catch (const Error& error) {
    throw_if_interrupted();  // which is not the line's fault
    fault_ = error.what();
  }
  return true;
}

// Goes on to the next line that is not blank or a comment; false at the end of the file.
bool PromptJobs::read_line() {
  while (const std::optional<Line> line = lines_->next()) {
    if (take(*line)) return true;
  }
  return false;
}

bool PromptJobs::ready(std::chrono::milliseconds patience) {
  const auto begin = std::chrono::steady_clock::now();
  while (lines_ && !has_line_ && !(sweep_ && in_line_ < sweep_->size())) {
    const auto gone = std::chrono::steady_clock::now() - begin;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience - gone);
    // There may be no end of blank lines.
    if (received_signal() != 0 || gone > std::max(patience, kReading)) return false;
    if (!lines_->ready(std::max(left, std::chrono::milliseconds(0)))) return false;
    const std::optional<Line> line = lines_->next();
    if (!line) break;
    has_line_ = take(*line);
  }
  return true;
}

std::optional<Item> PromptJobs::next() {
  if (has_line_ || !sweep_ || in_line_ == sweep_->size()) {
    if (!lines_) return std::nullopt;
    if (!std::exchange(has_line_, false) && !read_line()) {
      sweep_.reset();
      if (index_ > 0) return std::nullopt;
      throw Error(ErrorKind::bad_data,
                  "no prompts in " + file_name() + ". Write one a line; `help` prompts tells more.");
    }
    if (!fault_.empty()) {
      sweep_.reset();
      return Item(BadLine{.message = fault_, .index = index_++, .line = line_});
    }
    if (sweep_->draws_seeds()) drawn_ = seeds_.draw(sweep_->given_prompts());
  }
  return job_at(in_line_++, index_++);
}

// A job that cannot be is a bad line of its own.
Item PromptJobs::job_at(std::uint64_t in_line, std::uint64_t index) {
  Job named{.index = index, .line = line_};
  if (lines_) named.origin = place();
  try {
    Job job = sweep_->at(in_line, drawn_);
    job.index = index;
    job.line = line_;
    job.origin = named.origin;
    job.output_template = output_;
    files_.complete(job.options, sweep_->explicit_sides(), sweep_->rules_at(in_line).size_multiple);
    return job;
  } catch (const Error& error) {
    throw_if_interrupted();
    if (!lines_ && sweep_->size() == 1) throw;
    return BadLine{.message = place_of(named) + ": " + error.what(), .index = index, .line = line_};
  }
}

bool PromptJobs::can_read_again() const {
  std::error_code error;
  return !lines_ || (spec_.from_file != "-" && std::filesystem::is_regular_file(spec_.from_file, error));
}

bool PromptJobs::rewind() {
  if (!can_read_again()) return false;
  *this = PromptJobs(std::move(spec_), base_seed_);
  return true;
}

std::optional<JobCount> PromptJobs::count() {
  if (spec_.counted) return spec_.counted;
  if (!lines_) return JobCount{.jobs = sweep_->size(), .bad_lines = 0};
  if (!can_read_again()) return std::nullopt;
  PromptJobs again(spec_, base_seed_);
  JobCount count;
  while (again.read_line()) {
    if (again.fault_.empty()) {
      count.jobs = checked_sum(count.jobs, again.sweep_->size(), file_name());
    } else {
      ++count.bad_lines;
    }
  }
  return count;
}

}  // namespace sfumato
