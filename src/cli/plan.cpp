#include "cli/plan.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "base/printable.h"
#include "jobs/flag_words.h"
#include "jobs/option_settings.h"
#include "jobs/options_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kFirst = 10;
constexpr std::size_t kLast = 3;

std::string flag_with_value(const JobOption& option, const std::string& text) {
  if (option.kind == JobOption::Kind::flag) return (text == "true" ? "--" : "--no-") + flag_of(option).substr(2);
  const bool quoted = option.kind == JobOption::Kind::text || text.find(' ') != std::string::npos;
  return flag_of(option) + " " + (quoted ? "\"" + printable(text) + "\"" : printable(text, 400));
}

// As in a prompt file: a red fox --seed 7 --steps 30.
std::string command_of(const Job& job, const PlanOptions& options) {
  std::string words = "\"" + printable(job.options.prompt) + "\"";
  for (const JobOption& option : job_options()) {
    if (!option.stored || !option.is_flag || option.name == "prompt") continue;
    const std::string text = text_of(option.get(job.options));
    if (text == text_of(option.get(options.defaults)) && option.name != "seed") continue;
    words += " " + flag_with_value(option, text);
  }
  if (options.is_one_model) return words;
  if (!job.model.name.empty()) words += " " + flag_with_value(*find_job_option("model"), job.model.name);
  if (!job.model.vae.empty()) words += " " + flag_with_value(*find_job_option("vae"), job.model.vae);
  return words;
}

Json number(std::uint64_t value) { return {static_cast<std::int64_t>(value)}; }

std::string line_of(const Job& job, const PlanOptions& options) {
  std::string line = std::to_string(job.index + 1);
  if (line.size() < 6) line.insert(0, 6 - line.size(), ' ');
  if (!job.output.empty()) line += "  " + printable(job.output.string(), 400);
  return line + "  " + command_of(job, options);
}

Json event_of(const Job& job) {
  JsonObject event = {{"event", {std::string("job")}}, {"index", number(job.index + 1)}};
  if (!job.origin.empty()) event.emplace_back("origin", Json{job.origin});
  if (!job.output.empty()) event.emplace_back("path", Json{job.output.string()});
  if (!job.model.name.empty()) event.emplace_back("model", Json{job.model.name});
  if (!job.model.vae.empty()) event.emplace_back("vae", Json{job.model.vae});
  for (auto& entry : options_json(job.options)) event.push_back(std::move(entry));
  return {std::move(event)};
}

void add(WorkloadBySize& work, const GenerateOptions& o) {
  Workload& same = work[{o.width, o.height}];
  if (same.pictures++ == 0) same.example = o;
  same.evaluations += evaluations(o.sampling_method, steps_done(o)) * (o.cfg_scale == 1 ? 1.0 : 2.0);
}

double pixels_of(const std::pair<int, int>& size) { return static_cast<double>(size.first) * size.second; }

}  // namespace

Plan print_plan(JobStream& jobs, const PlanOptions& options, Console& out, Console& err) {
  Plan plan;
  std::deque<Job> last;
  const auto bad_line = [&](const BadLine& line) {
    if (!options.shard.has(line.index)) return;
    const std::string message = with_flags(line.message);
    ++plan.count.bad_lines;
    err.message("error: " + message);
    if (options.json) {
      out.json({JsonObject{{"event", {std::string("bad_line")}}, {"line", number(line.line)}, {"reason", {message}}}});
    }
  };
  while (std::optional<Item> item = jobs.next()) {
    if (const auto* bad = std::get_if<BadLine>(&*item)) {
      bad_line(*bad);
      continue;
    }
    Job& job = std::get<Job>(*item);
    try {
      if (options.path_of) job.output = options.path_of(job);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;  // what is wrong is not the job's own --output
      const std::string where = job.origin.empty() ? "" : job.origin + ": ";
      bad_line({.message = where + error.what(), .index = job.index, .line = job.line});
      continue;
    }
    if (!options.shard.has(job.index)) continue;
    ++plan.count.jobs;
    add(plan.work[job.model], job.options);
    if (options.json) {
      out.json(event_of(job));
    } else if (plan.count.jobs <= kFirst) {
      out.line(line_of(job, options));
    } else {
      last.push_back(job);
      if (last.size() > kLast) last.pop_front();
    }
  }
  if (!options.json && plan.count.jobs > kFirst + kLast) out.line("   ...");
  for (const Job& job : last) out.line(line_of(job, options));
  return plan;
}

double expected_seconds(const WorkloadBySize& work, const Calibrate& calibrate) {
  std::vector<WorkloadBySize::const_iterator> sizes;
  for (auto entry = work.begin(); entry != work.end(); ++entry) sizes.push_back(entry);
  const auto load = [](auto entry) { return entry->second.evaluations * pixels_of(entry->first); };
  std::ranges::sort(sizes, std::ranges::greater(), load);
  std::map<double, Timing> known;  // by pixels
  double seconds = 0;
  for (const auto& entry : sizes) {
    const double pixels = pixels_of(entry->first);
    if (known.size() < kMaxCalibrations && !known.contains(pixels)) known[pixels] = calibrate(entry->second.example);
    const auto distance = [&](const auto& pace) { return std::abs(std::log(pace.first / pixels)); };
    const auto& [tried, pace] = *std::ranges::min_element(known, {}, distance);
    const Workload& of_size = entry->second;
    seconds +=
        (static_cast<double>(of_size.pictures) * pace.picture + of_size.evaluations * pace.evaluation) * pixels / tried;
  }
  return seconds;
}

std::string format_duration(double seconds) {
  const auto whole = [](double value) { return std::to_string(static_cast<long long>(std::llround(value))); };
  if (seconds < 100) return "about " + whole(std::max(seconds, 1.0)) + " s";
  const double minutes = std::round(seconds / 60);
  if (minutes < 100) return "about " + whole(minutes) + " min";
  const double hours = std::floor(minutes / 60);
  if (hours >= 100) return "about " + whole(hours / 24) + " days";
  return "about " + whole(hours) + " h " + whole(minutes - 60 * hours) + " min";
}

}  // namespace sfumato
