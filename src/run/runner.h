// A run: makes the pictures of all jobs and puts each where it belongs as soon as it is finished.
#pragma once

#include <vector>

#include "run/job.h"
#include "run/reporter.h"
#include "sfumato/generator.h"

namespace sfumato {

struct RunOptions {
  bool overwrite = false;      // replace files that are there
  bool with_metadata = true;   // write the picture's values into it
  bool strict_prompt = false;  // a prompt that the model has no room for is an error, not a warning
};

// Returns ok, or some_failed if a picture could not be made; those are reported and do not stop the others.
// Throws Error for what would stop every picture (disk full, a signal); pictures finished before it are on disk.
ExitCode run(const Generator& generator, const Provenance& provenance, const std::vector<Job>& jobs,
             const RunOptions& options, Reporter& reporter);

}  // namespace sfumato
