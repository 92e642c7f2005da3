// Which picture is made next: of all jobs, one whose picture does not exist, that is of this process's shard, and that
// no other process is making.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/hash_index.h"
#include "jobs/job_shard.h"
#include "output/destination.h"
#include "run/reporter.h"
#include "run/run_models.h"
#include "run/run_state.h"
#include "run/stop_policy.h"
#include "sfumato/generator.h"

namespace sfumato {

// As NextJobResult. NoMoreJobs also if the run is stopping.
using NextAssignment = std::variant<Assignment, NoneYet, NoMoreJobs>;

class WorkQueue {
 public:
  struct Options {
    JobShard shard{};
    bool retry = false;  // RunOptions::retry
  };

  // All must outlive it. A job that settles without being made (it is there, a bad line, set aside) goes to `state` and
  // `reporter`.
  WorkQueue(JobStream& jobs, RunModels& models, Destination& destination, const Options& options, StopPolicy& stop,
            RunState& state, Reporter& reporter)
      : jobs_(jobs),
        models_(models),
        destination_(destination),
        folder_(destination.folder()),
        options_(options),
        stop_(stop),
        state_(state),
        reporter_(reporter),
        has_passes_(!models.is_one() && jobs.rewind()) {}

  // The next one in the order of the stream. If the stream can be read again, those of one model alone, and
  // next_model() goes on to another: each is loaded once. Defers those that another process is making, and quarantines
  // those during which a process died. may_wait: waits for the stream; otherwise never blocks.
  [[nodiscard]] NextAssignment next(bool may_wait);
  // Then the quarantined ones. The caller makes them one by one, so that another death shows which of them it was.
  [[nodiscard]] std::optional<Assignment> next_quarantined();
  // Then the deferred ones, as far as their processes leave them. may_wait: waits for these processes.
  [[nodiscard]] NextAssignment next_deferred(bool may_wait);

  // Whether each model has a pass of its own.
  [[nodiscard]] bool has_passes() const { return has_passes_; }
  // Begins again with the jobs of the next model; false if there is none.
  [[nodiscard]] bool next_model();

  // The picture cannot be made: goes to journal, state and reporter.
  void fail(const Assignment& assignment, const Error& error);
  // Warns of what the folder has noticed since, and tells what its file system cannot do.
  void report_notes();

 private:
  enum class Defer { allowed, never };

  [[nodiscard]] bool is_of_pass(const std::string& digest);
  [[nodiscard]] std::optional<Assignment> identify(Job job);
  [[nodiscard]] bool is_to_be_made(Assignment& assignment, Defer defer);
  [[nodiscard]] bool is_settled(Assignment& assignment);

  JobStream& jobs_;
  RunModels& models_;
  Destination& destination_;
  ResultsFolder* folder_;
  Options options_;
  StopPolicy& stop_;
  RunState& state_;
  Reporter& reporter_;
  bool has_passes_;                  // a pass over the stream for each model
  std::vector<std::string> passes_;  // digests of models in the order in which jobs name them
  std::size_t pass_ = 0;             // of passes_: this one
  bool has_noted_wait_ = false;
  HashIndex occurrences_;               // of keys
  std::deque<Assignment> quarantined_;  // at most as many as were in flight when processes died
  std::deque<Assignment> deferred_;     // at most as many as other processes have in flight
};

}  // namespace sfumato
