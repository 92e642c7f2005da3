// From a prepared command to a run: its base seed, the dtype of its folder, its jobs.
#pragma once

#include "cli/prepare_run.h"
#include "run/reporter.h"

namespace sfumato {

// Throws what run() throws, and Error(usage) if two jobs would write one file.
ExitCode run_jobs(const CliOptions& options, const PreparedRun& prepared, Reporter& reporter);

}  // namespace sfumato
