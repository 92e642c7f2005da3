// sfumato --plan: checks what was asked for and prints it.
#pragma once

#include "bundle/model_config.h"
#include "cli/cli.h"
#include "jobs/prompt_jobs.h"
#include "metadata/from_image.h"
#include "run/exit_code.h"

namespace sfumato {

// The jobs that were said, over the model's defaults.
[[nodiscard]] JobSpec job_spec(const CliOptions& said, const ModelConfig& model, const FromImage& base);

// Reads of the model only what it says of itself, and loads it only to tell the time. Returns ok, or bad_data if there
// are bad lines; throws Error(usage) if two jobs would write one file.
ExitCode show_plan(const CliOptions& said);

}  // namespace sfumato
