// sfumato --plan and --plan-time: checks a command and prints its jobs.
#pragma once

#include "cli/cli_options.h"
#include "run/exit_code.h"

namespace sfumato {

// Reads of the model only model.json; loads it only for --plan-time. Writes nothing. Returns ok, or bad_data if there
// are bad lines; throws Error as prepare_run() and check_collisions() do.
ExitCode show_plan(const CliOptions& options);

}  // namespace sfumato
