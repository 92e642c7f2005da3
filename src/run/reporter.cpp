#include "run/reporter.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/json.h"
#include "base/printable.h"
#include "run/job_options.h"

namespace sfumato {
namespace {

constexpr int kBarWidth = 30;
constexpr double kSecondsBetweenLines = 5;

std::string with_decimals(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string count(std::size_t n, const std::string& noun) {
  return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

Json integer(std::size_t value) { return {static_cast<std::int64_t>(value)}; }

}  // namespace

Reporter::Reporter(std::ostream& out, std::ostream& err, const ReporterOptions& options, Clock clock)
    : out_(out), err_(err), options_(options), clock_(std::move(clock)), begin_(clock_()) {}

double Reporter::seconds() const { return std::chrono::duration<double>(clock_() - begin_).count(); }

void Reporter::say(const std::string& line) {
  clear();
  err_ << "sfumato: " << line << '\n' << std::flush;
}

void Reporter::clear() {
  if (bar_) err_ << "\r\x1b[K" << std::flush;
  bar_ = false;
}

void Reporter::warn(const std::string& text) { say("warning: " + text); }

void Reporter::started(std::size_t pictures, const std::string& model, const std::string& runtime) {
  pictures_ = pictures;
  if (options_.verbose) say(model + " on " + runtime + ", loaded in " + with_decimals("%.2f s", seconds()));
  if (options_.json) {
    out_ << dump_json({JsonObject{{"event", {std::string("start")}},
                                  {"pictures", integer(pictures)},
                                  {"model", {model}},
                                  {"runtime", {runtime}}}})
         << '\n'
         << std::flush;
  }
  begin_ = clock_();
}

void Reporter::step(std::size_t picture, int step, int steps) {
  if (options_.json) {
    out_ << dump_json({JsonObject{{"event", {std::string("step")}},
                                  {"picture", integer(picture + 1)},
                                  {"step", {static_cast<std::int64_t>(step)}},
                                  {"steps", {static_cast<std::int64_t>(steps)}}}})
         << '\n'
         << std::flush;
  }
  if (options_.quiet) return;
  if (options_.terminal) return draw_bar(picture, step, steps);
  if (seconds() - last_line_ < kSecondsBetweenLines) return;
  last_line_ = seconds();
  say("picture " + std::to_string(picture + 1) + "/" + std::to_string(pictures_) + ", step " + std::to_string(step) +
      "/" + std::to_string(steps));
}

void Reporter::draw_bar(std::size_t picture, int step, int steps) {
  const double share_of_picture = static_cast<double>(step) / steps;
  const double done = (static_cast<double>(successes_ + failures_) + share_of_picture) / static_cast<double>(pictures_);
  const int filled = static_cast<int>(std::lround(done * kBarWidth));
  const double left = done > 0 ? seconds() * (1 - done) / done : 0;
  std::string line = "\r[" + std::string(static_cast<std::size_t>(filled), '#') +
                     std::string(static_cast<std::size_t>(kBarWidth - filled), '.') + "] ";
  if (pictures_ > 1) line += "picture " + std::to_string(picture + 1) + "/" + std::to_string(pictures_) + ", ";
  line += "step " + std::to_string(step) + "/" + std::to_string(steps) + ", " + with_decimals("%.1f s left", left);
  err_ << line << "\x1b[K" << std::flush;
  bar_ = true;
}

void Reporter::finished(std::size_t picture, const Job& job, const std::string& key) {
  clear();
  ++successes_;
  if (options_.json) {
    JsonObject event = {{"event", {std::string("image")}},
                        {"picture", integer(picture + 1)},
                        {"path", {job.output.string()}},
                        {"key", {key}}};
    for (auto& entry : options_json(job.options)) event.push_back(std::move(entry));
    out_ << dump_json({std::move(event)}) << '\n' << std::flush;
  } else if (options_.paths) {
    out_ << job.output.string() << '\n' << std::flush;
  }
  check_out();
}

void Reporter::check_out() const {
  if (!out_)
    throw Error(ExitCode::io_error, "standard output cannot be written to. The pictures made so far are safe.");
}

void Reporter::failed(std::size_t picture, const Job& job, const std::string& reason) {
  ++failures_;
  say("error: picture " + std::to_string(picture + 1) + " (seed " + std::to_string(job.options.seed) + "): " + reason);
  if (!options_.json) return;
  out_ << dump_json(
              {JsonObject{{"event", {std::string("failed")}}, {"picture", integer(picture + 1)}, {"reason", {reason}}}})
       << '\n'
       << std::flush;
}

void Reporter::done() {
  clear();
  if (options_.json) {
    out_ << dump_json({JsonObject{{"event", {std::string("done")}},
                                  {"made", integer(successes_)},
                                  {"failed", integer(failures_)},
                                  {"seconds", {std::round(seconds() * 1000) / 1000}}}})
         << '\n'
         << std::flush;
    check_out();
  }
  if (options_.quiet) return;
  std::string line = count(successes_, "picture") + " in " + with_decimals("%.1f s", seconds());
  if (failures_ > 0) line += ", " + std::to_string(failures_) + " failed";
  say(line);
}

}  // namespace sfumato
