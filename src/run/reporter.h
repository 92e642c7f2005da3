// What a run tells: results and events to standard output, everything for people to standard error.
#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>

#include "run/job.h"

namespace sfumato {

struct ReporterOptions {
  bool json = false;      // standard output gets one JSON event a line instead of one path a line
  bool quiet = false;     // standard error gets errors and warnings only
  bool verbose = false;   // and also device, model, times
  bool terminal = false;  // standard error is a terminal: a bar that is redrawn, instead of lines
  bool paths = true;      // tell the path of each picture on standard output; not when the picture itself goes there
};

class Reporter {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Reporter(std::ostream& out, std::ostream& err, const ReporterOptions& options, Clock clock);

  // `runtime`: as Generator::runtime() says it.
  void started(std::size_t pictures, const std::string& model, const std::string& runtime);
  void step(std::size_t picture, int step, int steps);
  void finished(std::size_t picture, const Job& job, const std::string& key);
  void failed(std::size_t picture, const Job& job, const std::string& reason);
  void done();
  void warn(const std::string& text);
  // Removes the bar, so that something else can be written to standard error.
  void clear();

  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  void check_out() const;
  [[nodiscard]] double seconds() const;
  void draw_bar(std::size_t picture, int step, int steps);
  void say(const std::string& line);

  std::ostream& out_;
  std::ostream& err_;
  ReporterOptions options_;
  Clock clock_;
  std::chrono::steady_clock::time_point begin_;
  std::size_t pictures_ = 0;
  std::size_t successes_ = 0;
  std::size_t failures_ = 0;
  double last_line_ = 0;  // seconds
  bool bar_ = false;
};

}  // namespace sfumato
