// The output of a run: results and events on standard output, text for people on standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/console.h"
#include "base/json.h"
#include "base/progress_line.h"
#include "jobs/job.h"
#include "run/run_state.h"
#include "sfumato/generator.h"

namespace sfumato {

struct ReporterOptions {
  bool json = false;     // standard output: one JSON event a line instead of one path a line
  bool quiet = false;    // standard error: only errors and warnings
  bool verbose = false;  // standard error: also device, model, times
  bool paths = true;     // standard output: the path of each picture; false if the picture itself goes there
  PathEnd path_end = PathEnd::newline;
};

class Reporter {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // A terminal gets a bar that is redrawn instead of a line every 5 seconds. out and err must outlive it.
  Reporter(Console& out, Console& err, const ReporterOptions& options, Clock clock);

  // Before anything is made. jobs: nullopt if their number cannot be known. imported: RunCounts::imported.
  void planned(const std::optional<JobCount>& jobs, std::uint64_t imported = 0);
  // The networks are loaded. runtime: Generator::runtime().
  void started(const std::string& model, const std::string& runtime);
  void step(const Job& job, const StepInfo& step, const RunCounts& counts);
  // job.output is the path. existing: it was made before this run, or by another process.
  void finished(const Job& job, const std::string& key, bool existing = false);
  void failed(const Job& job, const std::string& reason);
  void failed(const BadLine& line);
  void set_aside(const Job& job, const std::string& why);
  // Pictures of earlier runs are compared with their journal, before anything is made.
  void checking(std::size_t checked, std::size_t all);
  // A picture in flight was given up, which is not a failure.
  void dropped(const Job& job);
  void warn(const std::string& text);
  // For people who wait; not if quiet.
  void note(const std::string& text);
  // For people who asked for it with --verbose.
  void detail(const std::string& text);
  // The end: counts, and what to do next. command: what goes on; empty: nothing is left to do.
  void done(const RunCounts& counts, const std::string& command);
  // Only the event, for a run that ends early with an error, which says the rest.
  void done_event(const RunCounts& counts);
  // Removes the bar, so that something else can be written to standard error.
  void clear();

 private:
  void emit(Json event);
  void check_out();
  [[nodiscard]] double seconds() const;
  [[nodiscard]] std::string progress(const StepInfo& step, const RunCounts& counts) const;
  [[nodiscard]] double pictures_done(const RunCounts& counts) const;
  void draw_bar(const std::string& text, const RunCounts& counts);
  void say(const std::string& line);

  Console& out_;
  Console& err_;
  ReporterOptions options_;
  Clock clock_;
  std::chrono::steady_clock::time_point begin_;
  std::map<std::uint64_t, double> in_flight_;  // by Job::index: the fraction of the picture that is done
  double last_line_ = 0;                       // seconds
  ProgressLine line_;                          // before there are steps
};

}  // namespace sfumato
