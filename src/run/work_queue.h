// Which picture is made next: out of all that were asked for, those that are not there, that this process is to make,
// and that nobody else is at.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/hash_index.h"
#include "jobs/job_shard.h"
#include "output/destination.h"
#include "run/reporter.h"
#include "run/stop_policy.h"

namespace sfumato {

class WorkQueue {
 public:
  struct Options {
    JobShard shard{};
    bool retry = false;  // also what killed the process more than once
  };

  // All must outlive it. What is settled without being made (it is there, a bad line, set aside) is told to `reporter`.
  WorkQueue(JobStream& jobs, const Provenance& provenance, Destination& destination, const Options& options,
            StopPolicy& stop, Reporter& reporter)
      : jobs_(jobs),
        provenance_(provenance),
        destination_(destination),
        folder_(destination.folder()),
        options_(options),
        stop_(stop),
        reporter_(reporter) {}

  // The next one in the order of the source; nothing at the end, or when the run is to stop. Puts off what a process
  // died at and what another process is at.
  [[nodiscard]] std::optional<Assignment> next();
  // Then those that a process died at. They are to be made alone, so that it shows which of them it was.
  [[nodiscard]] std::optional<Assignment> next_quarantined();
  // Then those that others began and did not finish; waits for them.
  [[nodiscard]] std::optional<Assignment> next_left_by_others();

  // The picture cannot be made; written down and told.
  void fail(const Assignment& assignment, const std::string& reason);
  // Tells what was noticed about the folder.
  void tell_notes();

 private:
  enum class Defer { may_put_off, never };

  [[nodiscard]] std::optional<Assignment> identify(Job job);
  [[nodiscard]] bool is_to_be_made(Assignment& assignment, Defer care);
  [[nodiscard]] bool is_settled(Assignment& assignment);

  JobStream& jobs_;
  const Provenance& provenance_;
  Destination& destination_;
  ResultsFolder* folder_;
  Options options_;
  StopPolicy& stop_;
  Reporter& reporter_;
  HashIndex occurrences_;               // of keys
  std::deque<Assignment> quarantined_;  // few: as many as were in flight when a process died
  std::deque<Assignment> deferred_;     // few: as many as the others have in flight
};

}  // namespace sfumato
