// What a run tells: results and events to standard output, everything for people to standard error.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>

#include "base/json.h"
#include "jobs/job.h"

namespace sfumato {

struct ReporterOptions {
  bool json = false;      // standard output gets one JSON event a line instead of one path a line
  bool quiet = false;     // standard error gets errors and warnings only
  bool verbose = false;   // and also device, model, times
  bool terminal = false;  // standard error is a terminal: a bar that is redrawn, instead of lines
  bool paths = true;      // tell the path of each picture on standard output; not when the picture itself goes there
};

struct RunCounts {
  std::optional<std::uint64_t> jobs{};  // bad lines count; nothing while it is not known
  std::uint64_t made = 0;
  std::uint64_t there = 0;      // were finished before, or were finished by another process
  std::uint64_t failed = 0;     // bad lines, too
  std::uint64_t set_aside = 0;  // killed the process more than once
  std::uint64_t adopted = 0;    // pictures in the folder that no journal told of
  std::uint64_t unclaimed = 0;  // pictures in the folder that this run did not ask for

  [[nodiscard]] std::uint64_t settled() const { return made + there + failed + set_aside; }
  [[nodiscard]] std::optional<std::uint64_t> left() const {
    return jobs ? std::optional(*jobs - std::min(*jobs, settled())) : std::nullopt;
  }
};

class Reporter {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Reporter(std::ostream& out, std::ostream& err, const ReporterOptions& options, Clock clock);

  // Before anything is made; `jobs`: nothing if their number cannot be known.
  void planned(const std::optional<JobCount>& jobs);
  // The networks are loaded. `runtime`: as Generator::runtime() says it.
  void started(const std::string& model, const std::string& runtime);
  void step(const Job& job, int step, int steps);
  // job.output is the path. there: it was so before.
  void finished(const Job& job, const std::string& key, bool there = false);
  void failed(const Job& job, const std::string& reason);
  void failed(const BadLine& line);
  void set_aside(const Job& job);
  // A picture in flight was given up; it is no failure.
  void dropped(const Job& job);
  void warn(const std::string& text);
  // For people who wait; not if quiet.
  void note(const std::string& text);
  // The last words: counts, and what to do next. command: the one that goes on; empty: there is nothing to go on with.
  void done(const std::string& command);
  // Only the event, for a run that ends early: the words are those of an error then.
  void done_event();
  // Removes the bar, so that something else can be written to standard error.
  void clear();

  // "12 made, 3 already there, 1 failed, 984 left"
  [[nodiscard]] std::string summary() const;
  // Is told what became of each job: its picture's path, or why there is none.
  std::function<void(const Job& job, const std::filesystem::path& picture, const std::string& note)> on_settled;

  [[nodiscard]] RunCounts& counts() { return counts_; }
  [[nodiscard]] const RunCounts& counts() const { return counts_; }

 private:
  void tell(Json event);
  void check_out() const;
  [[nodiscard]] double seconds() const;
  [[nodiscard]] std::string progress(int step, int steps) const;
  [[nodiscard]] double share_done() const;
  void draw_bar(const std::string& text);
  void say(const std::string& line);

  std::ostream& out_;
  std::ostream& err_;
  ReporterOptions options_;
  Clock clock_;
  std::chrono::steady_clock::time_point begin_;
  RunCounts counts_;
  std::map<std::uint64_t, double> in_flight_;  // share of each picture that is done
  double last_line_ = 0;                       // seconds
  bool bar_ = false;
};

}  // namespace sfumato
