#include "run/reporter.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/json.h"
#include "jobs/flag_words.h"
#include "jobs/options_json.h"
#include "output/output_name.h"

namespace sfumato {
namespace {

constexpr int kBarWidth = 30;
constexpr double kSecondsBetweenLines = 5;

std::string with_decimals(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string duration(double seconds) {
  if (seconds < 90) return with_decimals("%.1f s", seconds);
  return seconds < 5400 ? with_decimals("%.1f min", seconds / 60) : with_decimals("%.1f h", seconds / 3600);
}

std::string count(std::uint64_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

Json integer(std::uint64_t value) { return {static_cast<std::int64_t>(value)}; }
Json word(const char* text) { return {std::string(text)}; }

}  // namespace

Reporter::Reporter(Console& out, Console& err, const ReporterOptions& options, Clock clock)
    : out_(out), err_(err), options_(options), clock_(std::move(clock)), begin_(clock_()), line_(err, clock_) {}

double Reporter::seconds() const { return std::chrono::duration<double>(clock_() - begin_).count(); }

void Reporter::say(const std::string& line) { err_.message(line); }

void Reporter::clear() { err_.clear(); }

void Reporter::emit(Json event) {
  if (options_.json) out_.json(event);
}

void Reporter::check_out() { out_.check("The pictures made so far are safe."); }

void Reporter::warn(const std::string& text) { say("warning: " + with_flags(text)); }

void Reporter::detail(const std::string& text) {
  if (options_.verbose) say(text);
}

void Reporter::note(const std::string& text) {
  if (!options_.quiet) say(with_flags(text));
}

void Reporter::planned(const std::optional<JobCount>& jobs, std::uint64_t imported) {
  emit({JsonObject{{"event", word("plan")},
                   {"pictures", jobs ? integer(jobs->jobs) : Json{nullptr}},
                   {"bad_lines", jobs ? integer(jobs->bad_lines) : Json{nullptr}},
                   {"imported", integer(imported)}}});
}

void Reporter::started(const std::string& model, const std::string& runtime) {
  if (options_.verbose) say(model + " on " + runtime + ", loaded in " + with_decimals("%.2f s", seconds()));
  emit({JsonObject{{"event", word("start")}, {"model", {model}}, {"runtime", {runtime}}}});
  begin_ = clock_();
}

void Reporter::step(const Job& job, const StepInfo& step, const RunCounts& counts) {
  in_flight_[job.index] = static_cast<double>(step.evaluation) / step.evaluations;
  emit({JsonObject{{"event", word("step")},
                   {"index", integer(job.index + 1)},
                   {"step", {static_cast<std::int64_t>(step.step)}},
                   {"steps", {static_cast<std::int64_t>(step.steps)}}}});
  if (options_.quiet) return;
  if (err_.is_terminal()) return draw_bar(progress(step, counts), counts);
  if (seconds() - last_line_ < kSecondsBetweenLines) return;
  last_line_ = seconds();
  say(progress(step, counts));
}

// Of those that this run makes; a picture in flight counts by its fraction.
double Reporter::pictures_done(const RunCounts& counts) const {
  double pictures = static_cast<double>(counts.made + counts.failed);
  for (const auto& [index, fraction] : in_flight_) pictures += fraction;
  return pictures;
}

std::string Reporter::progress(const StepInfo& step, const RunCounts& counts) const {
  const double done = pictures_done(counts);
  const double elapsed = seconds();
  const std::optional<std::uint64_t> left = counts.left();
  double pictures_left = left ? static_cast<double>(*left) : 0;
  for (const auto& [index, fraction] : in_flight_) pictures_left -= fraction;
  const std::string time_left =
      left && done > 0 ? ", " + duration(elapsed / done * std::max(pictures_left, 0.0)) + " left" : "";
  if (counts.jobs == 1) return "step " + std::to_string(step.step) + "/" + std::to_string(step.steps) + time_left;
  std::string line = std::to_string(counts.made + counts.existing);
  if (counts.jobs) line += "/" + std::to_string(*counts.jobs);
  line += " done";
  if (counts.failed > 0) line += ", " + std::to_string(counts.failed) + " failed";
  if (elapsed > 0) line += with_decimals(", %.1f a minute", done / elapsed * 60);
  return line + time_left;
}

void Reporter::draw_bar(const std::string& text, const RunCounts& counts) {
  std::string line;
  if (counts.jobs) {
    const double settled = static_cast<double>(counts.existing + counts.set_aside) + pictures_done(counts);
    const double share = *counts.jobs == 0 ? 1 : std::min(1.0, settled / static_cast<double>(*counts.jobs));
    const auto filled = static_cast<std::size_t>(std::lround(share * kBarWidth));
    line += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
  }
  err_.redraw(line + text);
}

void Reporter::finished(const Job& job, const std::string& key, bool existing) {
  clear();
  in_flight_.erase(job.index);
  if (options_.json) {
    JsonObject event = {{"event", word("image")},
                        {"index", integer(job.index + 1)},
                        {"status", word(existing ? "existing" : "made")},
                        {"path", {job.output.string()}},
                        {"key", {key}}};
    if (!job.origin.empty()) event.push_back({"origin", {job.origin}});
    for (auto& entry : options_json(job.options)) event.push_back(std::move(entry));
    emit({std::move(event)});
  } else if (options_.paths) {
    out_.path(job.output, options_.path_end);
  }
  check_out();
}

void Reporter::failed(const Job& job, const std::string& message) {
  const std::string reason = with_flags(message);
  in_flight_.erase(job.index);
  say("error: " + place_of(job) + " (seed " + std::to_string(job.options.seed) + "): " + reason);
  emit({JsonObject{{"event", word("failed")}, {"index", integer(job.index + 1)}, {"reason", {reason}}}});
}

void Reporter::failed(const BadLine& line) {
  const std::string reason = with_flags(line.message);
  say("error: " + reason);
  emit({JsonObject{{"event", word("failed")}, {"index", integer(line.index + 1)}, {"reason", {reason}}}});
}

void Reporter::set_aside(const Job& job, const std::string& why) {
  const std::string reason = why + " It is set aside.";
  say("error: " + place_of(job) + " (seed " + std::to_string(job.options.seed) + "): " + reason);
  emit({JsonObject{
      {"event", word("failed")}, {"index", integer(job.index + 1)}, {"set_aside", {true}}, {"reason", {reason}}}});
}

void Reporter::checking(std::size_t checked, std::size_t all) {
  if (options_.quiet) return;
  const double share = static_cast<double>(checked) / static_cast<double>(std::max<std::size_t>(all, 1));
  line_.show("checked " + std::to_string(checked) + " of " + count(all, "picture"), share);
}

void Reporter::dropped(const Job& job) { in_flight_.erase(job.index); }

void Reporter::done_event(const RunCounts& counts) {
  clear();
  const std::optional<std::uint64_t> left = counts.left();
  emit({JsonObject{{"event", word("done")},
                   {"made", integer(counts.made)},
                   {"existing", integer(counts.existing)},
                   {"imported", integer(counts.imported)},
                   {"failed", integer(counts.failed)},
                   {"set_aside", integer(counts.set_aside)},
                   {"left", left ? integer(*left) : Json{nullptr}},
                   {"unclaimed", integer(counts.unclaimed)},
                   {"seconds", {std::round(seconds() * 1000) / 1000}}}});
}

void Reporter::done(const RunCounts& counts, const std::string& command) {
  done_event(counts);
  if (options_.json) check_out();
  if (options_.quiet) return;
  if (counts.jobs == 1 && counts.made == 1) {
    say("1 picture in " + with_decimals("%.1f s", seconds()));
  } else {
    say(counts.summary() + ", in " + duration(seconds()));
  }
  if (counts.imported > 0) say(count(counts.imported, "picture") + " had no line in a journal, and got one.");
  if (counts.unclaimed > 0) {
    say(count(counts.unclaimed, "picture") + " in the folder " + (counts.unclaimed == 1 ? "is" : "are") +
        " of other jobs than these, and stayed as " + (counts.unclaimed == 1 ? "it is." : "they are."));
  }
  if (counts.set_aside > 0) say(with_flags("to try what was set aside again, add `retry`."));
  if (!command.empty()) say((counts.failed > 0 ? "to try what failed again: " : "to go on: ") + command);
}

}  // namespace sfumato
